"""This room, as Django knows it: it lets go of customers who are to be forgotten."""

from collections.abc import Collection
from typing import Any

from django.apps import AppConfig


class EventsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.events"
    label = "events"

    def ready(self) -> None:
        """Listen for customers who are to be forgotten."""
        from okaeri.web.core.landing import customers_forgotten

        customers_forgotten.connect(_forget, dispatch_uid="events")


def _forget(customer_ids: Collection[str], **news: Any) -> None:
    from okaeri.web.core.events.forgetting import forget  # models are there only once the rooms are ready

    forget(customer_ids)

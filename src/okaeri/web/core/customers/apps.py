"""This room, as Django knows it: the directory follows the facts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import AppConfig

TOLD_BY = frozenset({"customers", "orders", "subscriptions", "events", "labels", "scores", "identities"})
"""The tables after whose change the directory is behind."""


class CustomersRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.customers"
    label = "customers"

    def ready(self) -> None:
        """Register the jobs, and listen for facts."""
        import okaeri.web.core.customers.tasks  # noqa: F401
        from okaeri.web.core.landing import facts_landed

        facts_landed.connect(_follow, dispatch_uid="customers")


def _follow(now: datetime, tables: Iterable[str] = TOLD_BY, **news: Any) -> None:
    from okaeri.web.core.jobs.running import enqueue  # models are there only once the rooms are ready

    if TOLD_BY & set(tables):
        enqueue("sync_customers", now=now)

"""This room, as Django knows it."""

from django.apps import AppConfig


class EventsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.events"
    label = "events"

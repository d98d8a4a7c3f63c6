"""This room, as Django knows it."""

from django.apps import AppConfig


class PeopleRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.people"
    label = "people"

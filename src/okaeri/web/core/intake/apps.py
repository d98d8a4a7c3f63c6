"""This room, as Django knows it."""

from django.apps import AppConfig


class IntakeRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.intake"
    label = "intake"

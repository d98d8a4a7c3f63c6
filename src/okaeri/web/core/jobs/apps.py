"""This room, as Django knows it."""

from django.apps import AppConfig


class JobsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.jobs"
    label = "jobs"

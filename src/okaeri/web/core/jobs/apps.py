"""This room, as Django knows it: it gathers the jobs of every room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register what each room's `tasks.py` declares."""
        autodiscover_modules("tasks")

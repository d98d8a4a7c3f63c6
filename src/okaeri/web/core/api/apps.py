"""This room, as Django knows it."""

from django.apps import AppConfig


class ApiRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.api"
    label = "api"

    def ready(self) -> None:
        """Register the jobs, and listen for news."""
        import okaeri.web.core.api.tasks  # noqa: F401

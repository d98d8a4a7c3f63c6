"""This room, as Django knows it."""

from django.apps import AppConfig


class PeopleRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.core.people"
    label = "people"

    def ready(self) -> None:
        """Begin to write signing in and out into the log."""
        from okaeri.web.core.people.listening import listen  # models are there only once the rooms are ready

        listen()

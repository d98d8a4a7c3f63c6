"""This room, as Django knows it: it tells the charts what people wrote about days."""

from django.apps import AppConfig


class BoardsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.insights.boards"
    label = "boards"

    def ready(self) -> None:
        """Register the jobs, and offer the notes on days."""
        import okaeri.web.insights.boards.tasks  # noqa: F401
        from okaeri.web.insights.boards.queries import marks
        from okaeri.web.insights.marks import listen_to

        listen_to(marks)

"""This room, as Django knows it: it tells the charts what people wrote about days."""

from datetime import datetime
from typing import Any

from django.apps import AppConfig


class BoardsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.insights.boards"
    label = "boards"

    def ready(self) -> None:
        """Register the jobs, and offer the notes on days."""
        import okaeri.web.insights.boards.tasks  # noqa: F401
        from okaeri.web.core.news import happened
        from okaeri.web.insights.boards.queries import marks
        from okaeri.web.insights.marks import listen_to

        listen_to(marks)
        happened.connect(_follow, dispatch_uid="boards")


def _follow(event: str, now: datetime, **news: Any) -> None:
    from okaeri.web.core.jobs.running import enqueue  # models are there only once the rooms are ready
    from okaeri.web.insights.boards.models import Alert, Tile

    if event != "measured":
        return
    if Alert.objects.exists():
        enqueue("watch_alerts", now=now)
    if Tile.objects.exists():
        enqueue("refresh_dashboards", now=now)

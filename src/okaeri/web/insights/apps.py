"""This room, as Django knows it: it measures anew when facts have landed."""

from datetime import datetime
from typing import Any

from django.apps import AppConfig


class InsightsRoom(AppConfig):
    """See the package's own words."""

    name = "okaeri.web.insights"
    label = "insights"

    def ready(self) -> None:
        """Register the jobs, and listen for facts."""
        import okaeri.web.insights.tasks  # noqa: F401
        from okaeri.web.core.landing import facts_landed, settings_changed

        facts_landed.connect(_measure_anew, dispatch_uid="insights")
        settings_changed.connect(_measure_again, dispatch_uid="insights")


def _measure_again(now: datetime, **news: Any) -> None:
    """What was measured before; a new workspace has nothing that other settings could change."""
    from okaeri.web.insights.models import Reading  # as below

    if Reading.objects.exists():
        _measure_anew(now=now)


def _measure_anew(now: datetime, **news: Any) -> None:
    from okaeri.web.core.jobs.running import enqueue  # models are there only once the rooms are ready
    from okaeri.web.insights.programs import forget_named

    forget_named()
    enqueue("measure_pages", now=now, key="measure_pages")

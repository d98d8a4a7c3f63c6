"""`worker`: does the jobs of this workspace until it is told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from okaeri.web.core.jobs.cluster import work_until_stopped
from okaeri.web.core.jobs.schedules import ensure_schedules


class Command(BaseCommand):
    """Starts one process that works, and the two that feed it and listen to it."""

    help = "Do the jobs of this workspace."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until SIGTERM or Ctrl-C, or until whoever started this is gone."""
        ensure_schedules(now=timezone.now())
        work_until_stopped()

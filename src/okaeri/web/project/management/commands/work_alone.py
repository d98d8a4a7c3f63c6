"""`work_alone`: a worker without a web server, which is started again when it dies."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from okaeri.base.text import _
from okaeri.web.project.preparing import hand_over, prepare


class Command(BaseCommand):
    """Prepares, and hands over to the supervisor."""

    help = "Do the jobs of this workspace, under supervision."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop."""
        prepare()
        hand_over("worker", announce=str(_("The worker is at it  (Ctrl-C ends it)")))

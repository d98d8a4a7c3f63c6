"""`flush_events`: brings the events that wait into the facts, once or for ever."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from okaeri.web.core.events.flushing import flush_all
from okaeri.web.core.events.waking import tell_soon


class Command(BaseCommand):
    """For whoever wants no worker, or a process that does nothing else."""

    help = "Bring the events that wait into the facts."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long to go on."""
        parser.add_argument("--every", type=float, default=0, help="Seconds between two looks; 0 looks once.")

    def handle(self, *args: Any, every: float = 0, **options: Any) -> None:
        """Look, flush, rest."""
        while True:
            done = flush_all(now=datetime.now(UTC))
            if done:
                tell_soon(now=datetime.now(UTC))
                self.stdout.write(f"{sum(each.messages for each in done)} messages")
            if not every:
                return
            time.sleep(every)

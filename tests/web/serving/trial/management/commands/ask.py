"""`ask N`: ask for N pieces of work."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from okaeri.web.core.jobs.running import enqueue
from okaeri.web.project.preparing import prepare


class Command(BaseCommand):
    """Makes the store ready, and asks."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        prepare()
        for number in range(options["count"]):
            enqueue("land_one", now=timezone.now(), number=number)

"""`backup`: everything of the workspace in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from okaeri.base.text import _
from okaeri.web.project.backing_up import back_up
from okaeri.web.project.preparing import prepare_store


class Command(BaseCommand):
    """Writes the file and says so."""

    help = "Keep everything of a workspace in one file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up."""
        out: Path = options["file"]
        prepare_store()
        count = back_up(out.absolute(), now=timezone.now())
        size = out.stat().st_size
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(out), "files": count, "bytes": size}))
            return
        self.stdout.write(str(_("✓ {n} files are kept in {path}.").format(n=count, path=out)))
        self.stdout.write(str(_("  It holds personal data and the key that signs sessions: keep it safe.")))

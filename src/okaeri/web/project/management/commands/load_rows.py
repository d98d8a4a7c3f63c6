"""`load_rows`: the second half of restoring into PostgreSQL; `okaeri restore` calls it."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.people.models import User


class Command(BaseCommand):
    """Puts the rows of a backup into the database of the settings."""

    help = "Load the rows of a backup."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether rows that are there may go."""
        parser.add_argument("file")
        parser.add_argument("--force", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load them, all or none."""
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if User.objects.exists() and not options["force"]:
            raise OkaeriError(
                _("There are accounts in the database already."),
                advice=_("Name an empty database in OKAERI_DATABASE, or add --force to replace what is there."),
            )
        with transaction.atomic():
            call_command("flush", interactive=False, verbosity=0)
            call_command("loaddata", options["file"], verbosity=0)

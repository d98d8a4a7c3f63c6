"""`endtwosteps`: turn two-step sign-in off for somebody who lost their phone and their recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from okaeri.base.text import _, use_language
from okaeri.web.core.people import services
from okaeri.web.core.people.management.language import machine_language
from okaeri.web.core.people.models import User, fold


class Command(BaseCommand):
    """For the last owner, whom nobody else can help."""

    help = "Turn two-step sign-in off for one account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn it off and say so; an unknown address ends with code 1."""
        with use_language(machine_language()):
            person = User.objects.filter(email=fold(options["email"])).first()
            if person is None:
                raise CommandError(str(_("{email} has no account.").format(email=options["email"])))
            services.end_two_steps(None, person, now=timezone.now())
            self.stdout.write(str(_("Two-step sign-in is off for {name}.").format(name=person)))

"""`createuser`: make an account without a browser; the password is asked for, or read, and never an argument."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, _, use_language
from okaeri.web.core.people import forms, services
from okaeri.web.core.people.management.language import machine_language
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Role

VARIABLE = "OKAERI_PASSWORD"


class Command(BaseCommand):
    """Make one account."""

    help = "Make an account. The password is read from OKAERI_PASSWORD or standard input, or asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address, and what may be said besides."""
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", default=Role.VIEWER.value, choices=Role.values)
        parser.add_argument("--language", default="", choices=["", *LANGUAGES])
        parser.add_argument("--json", action="store_true", help="print the account as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say so; a wrong address or a weak password ends with code 1 and a sentence."""
        with use_language(machine_language()), translation.override(machine_language()):
            try:
                made = _make(options)
            except OkaeriError as error:
                raise CommandError(str(error)) from None
            told = {"email": made.email, "name": made.name, "role": made.role}
            if options["json"]:
                self.stdout.write(json.dumps(told, ensure_ascii=False))
            else:
                words = _("{email} can sign in now, as {role}.").format(email=made.email, role=made.role_name)
                self.stdout.write(str(words))


def _make(options: dict[str, Any]) -> User:
    given = {"name": options["name"] or options["email"].split("@")[0], "password": _password()}
    form = forms.Account({"email": options["email"], "language": options["language"] or "en", **given})
    if not form.is_valid():
        wrong = " ".join(str(message) for messages in form.errors.values() for message in messages)
        raise OkaeriError(wrong, advice=_("Nobody was made."))
    newcomer = services.Newcomer(**given, language=options["language"])
    address = str(form.cleaned_data["email"])
    return services.make_person(newcomer, email=address, role=Role(options["role"]), now=timezone.now())


def _password() -> str:
    told = os.environ.get(VARIABLE)
    if told is not None:
        return told
    return getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

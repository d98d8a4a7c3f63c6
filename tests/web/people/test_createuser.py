"""Accounts from the command line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

import okaeri
from okaeri.web.core.people import services
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Role

WORDS = "warm cups in winter"


def made(*arguments: str) -> str:
    out = io.StringIO()
    call_command("createuser", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_an_owner_made_on_the_command_line_closes_the_first_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAERI_PASSWORD", WORDS)

    said = made("Aki@komorebi.example", "--name", "Aki", "--role", "owner")

    assert "aki@komorebi.example can sign in now, as Owner." in said
    assert Client().get("/setup/").headers["Location"] == "/account/login/"
    assert AuditEntry.objects.get().verb == "person.made"


@pytest.mark.slow
def test_an_account_can_be_made_before_anything_was_served(tmp_path: Path) -> None:
    okaeri.create(tmp_path / "new")
    told = {"OKAERI_WORKSPACE": str(tmp_path / "new"), "OKAERI_PASSWORD": WORDS, "OKAERI_DATABASE": ""}
    command = [sys.executable, "-m", "okaeri.web", "createuser", "aki@komorebi.example", "--role", "owner"]

    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert "aki@komorebi.example can sign in now, as Owner." in done.stdout


@pytest.mark.django_db
def test_the_password_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OKAERI_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))

    told = json.loads(made("haru@komorebi.example", "--role", "agent", "--json"))

    assert told == {"email": "haru@komorebi.example", "name": "haru", "role": "agent"}
    assert User.objects.get().check_password(WORDS)


@pytest.mark.django_db
@pytest.mark.parametrize(("email", "password"), [("aki@komorebi.example", "short"), ("no address", WORDS)])
def test_what_cannot_be_makes_nobody(email: str, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAERI_PASSWORD", password)

    with pytest.raises(CommandError, match="Nobody was made"):
        made(email)

    assert not User.objects.exists()


def test_an_account_ends_the_invitation_of_its_address(aki: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAERI_PASSWORD", WORDS)
    made_before = services.invite(aki, email="haru@x.example", role=Role.AGENT, language="en", now=timezone.now())

    made("haru@x.example")

    assert Client().get(f"/join/{made_before.token}/").status_code == 410


def test_an_address_is_made_once(aki: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAERI_PASSWORD", WORDS)

    with pytest.raises(CommandError, match="has an account already"):
        made("AKI@komorebi.example")


@pytest.mark.django_db
def test_it_speaks_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAERI_PASSWORD", "short")
    monkeypatch.setenv("OKAERI_LANG", "ja")

    with pytest.raises(CommandError, match="アカウントは作成されませんでした"):
        made("aki@komorebi.example")

"""When something breaks there is still a page, and nobody's name in the log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from okaeri.web.core.people.models import User
from tests.conftest import ROOT


def test_settings_that_cannot_be_read_still_give_a_page(aki: User, workspace: Path) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(aki, backend="allauth.account.auth_backends.AuthenticationBackend")
    (workspace / "okaeri.toml").write_text("name = ", "utf-8")

    answer = browser.get("/settings/me/")

    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()


def test_an_address_that_is_not_there_does_not_reach_the_log(
    aki: User, browsing: Callable[[User], Client], caplog: pytest.LogCaptureFixture
) -> None:
    answer = browsing(aki).get("/shared/mika@komorebi.example/nowhere")

    assert answer.status_code == 404
    assert "mika" not in caplog.text


def test_a_database_that_is_not_there_is_said_in_a_sentence(workspace: Path) -> None:
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OKAERI_", "DJANGO_"))},
        "OKAERI_WORKSPACE": str(workspace),
        "OKAERI_DATABASE": "postgresql://okaeri@127.0.0.1:1/okaeri",
        "PYTHONPATH": str(ROOT / "src"),
    }

    ran = subprocess.run(
        [sys.executable, "-m", "okaeri.web", "backup", str(workspace.with_name("kept.tar.gz"))],
        env=surroundings,
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 1
    assert "OKAERI_DATABASE" in ran.stderr
    assert "Traceback" not in ran.stderr

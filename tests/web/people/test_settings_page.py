"""The settings of the workspace on their page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from okaeri.facts.workspace import Workspace
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.insights.models import Reading

Browsing = Callable[[User], Client]


def given(browser: Client, **changed: Any) -> dict[str, Any]:
    """The form as the page shows it, with some fields changed."""
    page = browser.get("/settings/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    shown = {
        "name": "Komorebi Coffee",
        "zone": "Asia/Tokyo",
        "week_start": "0",
        "fiscal_month": "1",
        "currency": "JPY",
        "presence": "orders:60d",
        "returns": "net",
        "seen": seen[1],
    }
    return shown | changed


def test_the_page_shows_what_is_written_and_which_figures_change(aki: User, browsing: Browsing) -> None:
    page = browsing(aki).get("/settings/").content.decode()

    assert 'value="orders:60d"' in page
    assert "Changes retention, churn and everything predicted from them." in page


def test_a_change_is_written_keeps_comments_is_logged_and_measured_anew(
    workspace: Path, aki: User, browsing: Browsing
) -> None:
    file = workspace / "okaeri.toml"
    file.write_text("# ours\n" + file.read_text("utf-8"), "utf-8")
    Reading.objects.create(name="home", language="en", state="", made_at=timezone.now(), data={})
    browser = browsing(aki)

    browser.post("/settings/", given(browser, presence="orders:90d", week_start="6", currency="krw"))

    kept = Workspace.open(workspace).settings
    assert (kept.presence, kept.week_start, kept.currency) == ("orders:90d", 6, "KRW")
    assert file.read_text("utf-8").startswith("# ours")
    assert AuditEntry.objects.get(verb="settings.changed").detail == {
        "currency": {"before": "JPY", "after": "KRW"},
        "presence": {"before": "orders:60d", "after": "orders:90d"},
        "week_start": {"before": 0, "after": 6},
    }
    assert Job.objects.filter(kind="measure_pages").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Base"},
        {"zone": ""},
        {"presence": "orders:0d"},
        {"presence": "sometimes"},
        {"currency": "XXQ"},
        {"week_start": "7"},
        {"fiscal_month": "0"},
        {"returns": "maybe"},
        {"name": ""},
    ],
)
def test_what_cannot_be_is_not_written(wrong: dict[str, str], workspace: Path, aki: User, browsing: Browsing) -> None:
    browser, before = browsing(aki), (workspace / "okaeri.toml").read_bytes()

    answer = browser.post("/settings/", given(browser, **wrong))

    assert answer.status_code == 400
    assert (workspace / "okaeri.toml").read_bytes() == before
    assert not AuditEntry.objects.filter(verb="settings.changed").exists()


def test_two_owners_at_once_do_not_undo_each_other(workspace: Path, aki: User, browsing: Browsing) -> None:
    browser = browsing(aki)
    late = given(browser, week_start="6")
    browser.post("/settings/", given(browser, fiscal_month="4"))

    answer = browser.post("/settings/", late)

    assert "Somebody else changed the settings meanwhile." in answer.content.decode()
    assert Workspace.open(workspace).settings.week_start == 0


def test_automatic_presence_may_be_chosen(workspace: Path, aki: User, browsing: Browsing) -> None:
    browser = browsing(aki)

    browser.post("/settings/", given(browser, presence="auto"))

    assert Workspace.open(workspace).settings.presence == "auto"


def test_an_analyst_looks_and_changes_nothing(workspace: Path, min_jun: User, browsing: Browsing) -> None:
    browser = browsing(min_jun)
    form = given(browser, week_start="6")
    page = browser.get("/settings/").content.decode()

    answer = browser.post("/settings/", form)

    assert answer.status_code == 403
    assert Workspace.open(workspace).settings.week_start == 0
    assert "Only an owner changes these." in page
    assert 'href="/settings/people/"' not in page

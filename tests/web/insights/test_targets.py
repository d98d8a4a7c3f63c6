"""Targets by form: set, judged, shown, removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

import okaeri
from okaeri.facts.workspace import Workspace
from okaeri.targets import read_targets
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.insights.scoring import judge_targets

Browsing = Callable[[User], Client]
NOW = datetime(2025, 3, 1, tzinfo=UTC)
WANTED = {"metric": "crr", "bound": "at_least", "value": "0.1", "by": "quarter", "owner": "Aki"}
KEY = {"metric": "crr", "by": "quarter", "segment": "", "currency": "", "department": ""}


def test_a_target_set_by_form_is_one_of_the_library(coffee: Path, aki: User, browsing: Browsing) -> None:
    browsing(aki).post("/targets/set/", WANTED)

    target = read_targets(Workspace.open(coffee))[0]
    assert (target.metric, target.at_least, target.by, target.owner) == ("crr", 0.1, "quarter", "Aki")
    assert (AuditEntry.objects.get().verb, Job.objects.get().kind) == ("target.set", "judge_targets")


@pytest.mark.parametrize(("typed", "share"), [("10%", 0.1), ("１０ ％", 0.1), ("33.3%", 0.333)])
def test_a_share_may_be_typed_with_a_percent_sign(
    typed: str, share: float, coffee: Path, aki: User, browsing: Browsing
) -> None:
    browsing(aki).post("/targets/set/", {**WANTED, "value": typed})

    assert read_targets(Workspace.open(coffee))[0].at_least == share


def test_a_target_is_shown_with_the_librarys_verdict(coffee: Path, aki: User, browsing: Browsing) -> None:
    browser = browsing(aki)
    browser.post("/targets/set/", WANTED)
    waiting = browser.get("/targets/").content.decode()

    judge_targets(now=NOW, languages=("en",))

    line = okaeri.open(coffee).check().lines[0]
    assert line.latest is not None
    page = browser.get("/targets/").content.decode()
    assert "Being judged" in waiting
    assert "Being judged" not in page
    assert f"<b>{line.latest.measurement}</b>" in page
    assert "1 met, 0 missed" in page


def test_a_removed_target_is_gone_from_the_page_at_once(coffee: Path, aki: User, browsing: Browsing) -> None:
    browser = browsing(aki)
    browser.post("/targets/set/", WANTED)
    judge_targets(now=NOW, languages=("en",))

    browser.post("/targets/remove/", KEY)

    assert not read_targets(Workspace.open(coffee))
    assert "at least 10.0%" not in browser.get("/targets/").content.decode()


@pytest.mark.parametrize(
    ("slip", "words"), [({"value": "much"}, "Write a number"), ({"value": "80"}, "Write 0.8 for 80%")]
)
def test_a_slip_is_said_beside_the_form_and_nothing_is_written(
    slip: dict[str, str], words: str, coffee: Path, aki: User, browsing: Browsing
) -> None:
    answer = browsing(aki).post("/targets/set/", {**WANTED, **slip})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not read_targets(Workspace.open(coffee))


def test_removing_a_target_that_is_not_there_says_so(coffee: Path, aki: User, browsing: Browsing) -> None:
    assert browsing(aki).post("/targets/remove/", KEY).status_code == 422


@pytest.mark.parametrize("door", ["set", "remove"])
def test_targets_are_not_a_viewers_to_change(door: str, chiyo: User, browsing: Browsing) -> None:
    assert browsing(chiyo).post(f"/targets/{door}/", WANTED).status_code == 403

"""A part of a page by another period or split: measured behind the page once, kept, and forgotten when rarely asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

import okaeri
from okaeri.base.errors import OkaeriError
from okaeri.reports.headlines import headline
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import as_data, run
from okaeri.web.core.people.models import User
from okaeri.web.insights import measuring, queries
from okaeri.web.insights.laying import lay_out
from okaeri.web.insights.layouts import Layout
from okaeri.web.insights.measuring import facts_state, forget_rarely_asked, keep
from okaeri.web.insights.models import Reading

Browsing = Callable[[User], Client]
NOW = datetime(2025, 3, 1, tzinfo=UTC)
ADDRESS = "/retention/survival/?by=year&segment=plan"
LAYOUT = Layout(part="survival", by="year", segment="plan")


@pytest.fixture
def tabs(coffee: Path, db: None) -> Path:
    """The coffee shop's workspace; its pages know which parts there are and what they can be split by."""
    known = {"tabs": {"retention": "Retention", "survival": "Survival"}, "choices": {"segments": ["plan"]}}
    keep(known, language="en", state=facts_state(), cutoff=None, now=NOW)
    return coffee


def test_a_page_asked_another_way_is_measured_behind_it_once(
    tabs: Path, lake_closed: None, chiyo: User, browsing: Browsing
) -> None:
    pages = [browsing(chiyo).get(ADDRESS).content.decode() for _visit in range(2)]

    assert all("Retention is being measured" in page for page in pages)
    assert f'href="{ADDRESS}"' in unescape(pages[0])
    assert Job.objects.get().arguments["layout"] == {"part": "survival", "by": "year", "segment": "plan"}


def test_a_page_that_waits_is_told_to_load_anew_once_it_is_there(tabs: Path, chiyo: User, browsing: Browsing) -> None:
    browser = browsing(chiyo)

    before = browser.get(ADDRESS, headers={"HX-Request": "true"})
    lay_out(LAYOUT, now=NOW, languages=("en",))
    after = browser.get(ADDRESS, headers={"HX-Request": "true"})

    assert (before.status_code, before.headers.get("HX-Refresh")) == (204, None)
    assert (after.status_code, after.headers.get("HX-Refresh")) == (204, "true")
    assert not Job.objects.exists()


@pytest.mark.slow
def test_every_figure_of_the_page_is_by_the_period_that_was_chosen(tabs: Path, chiyo: User, browsing: Browsing) -> None:
    browser, address = browsing(chiyo), "/retention/?by=quarter"
    browser.get(address)
    run(str(Job.objects.get().pk), clock=lambda: NOW)

    page = browser.get(address).content.decode()

    top = headline(okaeri.open(tabs).measure("crr", by="quarter"))
    assert top is not None
    assert str(top.measurement) in page
    part = Reading.objects.get(name="layout:part=retention&by=quarter", language="ko").data["part"]
    assert {card["question"]["by"] for card in part["cards"]} == {"quarter"}
    live = f"/drawings/{part['cards'][0]['id']}/"
    assert live in page
    assert browser.get(live).status_code == 200


def test_a_split_page_says_which_labels_its_figures_are_of(tabs: Path, chiyo: User, browsing: Browsing) -> None:
    lay_out(LAYOUT, now=NOW, languages=("en",))

    page = browsing(chiyo).get(ADDRESS).content.decode()

    found = queries.laid_out(LAYOUT)
    assert found is not None
    assert [card["question"]["segment"] for card in found["part"]["cards"]] == ["plan"]
    assert "<svg" in page
    assert "/customers/" not in page


def test_the_language_of_whoever_asks_is_there_first(tabs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("okaeri.web.insights.laying.keep", lambda found, language, **_rest: told.append(language))

    lay_out(LAYOUT, now=NOW, first="ko")

    assert told == ["ko", "en", "ja"]


@pytest.mark.parametrize("asked", ["by=day", "by=fortnight", "segment=name"])
def test_a_way_that_is_not_offered_is_refused_and_measures_nothing(
    asked: str, tabs: Path, aki: User, browsing: Browsing
) -> None:
    answer = browsing(aki).get(f"/retention/?{asked}")

    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_why_a_page_cannot_be_laid_out_so_is_said(tabs: Path, aki: User, browsing: Browsing) -> None:
    keep({"choices": {"segments": ["size"]}}, language="en", state=facts_state(), cutoff=None, now=NOW)

    laid = lay_out(Layout(part="survival", segment="size"), now=NOW, languages=("en",))

    page = unescape(browsing(aki).get("/retention/survival/?segment=size").content.decode())
    assert not laid
    assert "This cannot be measured from the facts there are" in page
    assert "'size'" in page


def test_a_laying_out_that_broke_offers_to_try_again(tabs: Path, aki: User, browsing: Browsing) -> None:
    browser = browsing(aki)
    browser.get(ADDRESS)
    Job.objects.update(state=JobState.FAILED, what=as_data("Something broke."), advice=as_data("Try it again."))

    page = browser.get(ADDRESS).content.decode()
    sent = browser.post("/layouts/again/", {"part": "survival", "by": "year", "segment": "plan"})

    assert "Something broke. Try it again." in page
    assert unescape(sent.headers["Location"]) == ADDRESS
    assert Job.objects.filter(state=JobState.QUEUED).count() == 1


@pytest.mark.parametrize("said", [{"part": "leaving", "by": "year"}, {"part": "", "by": "year"}, {"part": "survival"}])
def test_what_cannot_be_laid_out_is_not_tried_again(
    said: dict[str, str], tabs: Path, aki: User, browsing: Browsing
) -> None:
    assert browsing(aki).post("/layouts/again/", said).status_code == 404


def test_a_language_that_is_missing_is_measured_beside_others(tabs: Path, aki: User, browsing: Browsing) -> None:
    aki.language = "ja"
    aki.save()
    known = {"tabs": {"survival": "Survival"}, "choices": {"segments": ["plan"]}}
    keep(known, language="ja", state=facts_state(), cutoff=None, now=NOW)
    lay_out(LAYOUT, now=NOW, languages=("en",))

    browsing(aki).get(ADDRESS)

    assert Job.objects.get().kind == "lay_out"


def test_answers_that_were_asked_long_ago_make_room_and_pages_stay(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MOST_ASKED", 3)
    names = ["home", "part:retention", "live:retention-1", "card:1", "live:q-1", "api:rows:1", "layout:1", "layout:2"]
    for age, name in enumerate(reversed(names)):
        keep({name: {}}, language="en", state="", cutoff=None, now=NOW - timedelta(days=len(names) - age))
    Reading.objects.filter(name="home").update(made_at=NOW - timedelta(days=99))

    dropped = forget_rarely_asked()

    assert dropped == 2
    assert set(Reading.objects.values_list("name", flat=True)) == {*names} - {"layout:1", "layout:2"}


def test_a_layout_is_refused_by_a_period_its_charts_could_not_hold() -> None:
    with pytest.raises(OkaeriError, match="week, month, quarter, year"):
        Layout(part="cohorts", by="day")

"""Dashboards and the links to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from okaeri.base.errors import OkaeriError
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.running import run
from okaeri.web.core.news import tell
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Role
from okaeri.web.insights.answering import answer
from okaeri.web.insights.boards import queries, services
from okaeri.web.insights.boards.models import Dashboard, SavedView, Share
from okaeri.web.insights.measuring import SHAPE
from okaeri.web.insights.models import Reading
from okaeri.web.insights.questions import Question

NOW = datetime(2025, 3, 1, tzinfo=UTC)
CRR = Question(metric="crr", by="month")
Browsing = Callable[[User], Client]


@pytest.fixture
def board(min_jun: User) -> Dashboard:
    """Min-jun's dashboard with one figure on it."""
    made = services.make_dashboard(by=min_jun, title="Mornings", now=NOW)
    services.add_tile(made, by=min_jun, question=CRR, wide=False, now=NOW)
    return made


def test_a_figure_that_was_never_measured_says_that_it_is_on_its_way(
    board: Dashboard, min_jun: User, browsing: Browsing
) -> None:
    page = browsing(min_jun).get(f"/boards/{board.pk}/").content.decode()

    assert "1 figures are being measured" in page


def test_figures_keep_the_order_people_give_them(board: Dashboard, min_jun: User) -> None:
    second = services.add_tile(board, by=min_jun, question=Question(metric="churn"), wide=True, now=NOW)

    services.move_tile(second, by=min_jun, up=True, now=NOW)

    assert [tile.question["metric"] for tile in board.tiles.all()] == ["churn", "crr"]


def test_a_dashboard_does_not_grow_without_end(board: Dashboard, min_jun: User) -> None:
    for _each in range(services.MOST_TILES - 1):
        services.add_tile(board, by=min_jun, question=CRR, wide=False, now=NOW)

    with pytest.raises(OkaeriError, match="Take one out"):
        services.add_tile(board, by=min_jun, question=CRR, wide=False, now=NOW)


def test_nobody_but_its_maker_and_an_owner_changes_a_dashboard(
    board: Dashboard, person: Callable[..., User], browsing: Browsing, aki: User
) -> None:
    marketer = person(Role.MARKETER)
    added = {"metric": "churn", "by": "month"}

    assert browsing(marketer).post(f"/boards/{board.pk}/add/", added).status_code == 404
    assert browsing(aki).post(f"/boards/{board.pk}/add/", added).status_code == 302


def test_a_link_shows_figures_without_an_account_a_name_or_a_cookie(
    coffee: Path, board: Dashboard, min_jun: User
) -> None:
    answer(CRR, now=NOW, languages=("ja",))
    _link, token = services.share(board, by=min_jun, language="ja", days=7, now=datetime.now(UTC))

    shown = Client().get(f"/s/{token}/")

    page = shown.content.decode()
    assert shown.status_code == 200
    assert '<html lang="ja"' in page
    assert "顧客維持率" in page
    assert not shown.cookies
    assert "/customers/" not in page
    assert "noindex" in page


def test_a_dashboard_reads_all_its_figures_at_once(
    coffee: Path, board: Dashboard, min_jun: User, django_assert_max_num_queries: Any
) -> None:
    for by in ("week", "quarter", "year"):
        services.add_tile(board, by=min_jun, question=Question(metric="crr", by=by), wide=False, now=NOW)

    with django_assert_max_num_queries(2):
        assert len(queries.tiles_of(board)) == 4


def test_a_dashboard_is_split_by_no_column_that_could_name_customers(
    coffee: Path, board: Dashboard, min_jun: User, browsing: Browsing
) -> None:
    browsing(min_jun).post(f"/boards/{board.pk}/add/", {"metric": "crr", "by": "month", "segment": "name"})

    assert board.tiles.count() == 1


def test_figures_of_dashboards_are_measured_again_when_the_facts_have_moved_on(
    coffee: Path, board: Dashboard, min_jun: User
) -> None:
    answer(CRR, now=NOW)
    Job.objects.all().delete()
    fresh = services.refresh_tiles(now=NOW)
    Reading.objects.update(state=f"{SHAPE}older")

    tell("measured", {"cutoff": "2025-03-01"}, now=NOW)
    run(str(Job.objects.get(kind="refresh_dashboards").pk))

    assert fresh == 0
    assert Job.objects.get(kind="answer").arguments["question"] == CRR.as_query()


def test_a_dashboard_says_how_fresh_its_oldest_figure_is(
    coffee: Path, board: Dashboard, min_jun: User, browsing: Browsing
) -> None:
    answer(CRR, now=NOW, languages=("en",))
    Reading.objects.update(state=f"{SHAPE}older")

    assert "The facts have changed since" in browsing(min_jun).get(f"/boards/{board.pk}/").content.decode()


def test_who_does_not_arrange_a_dashboard_makes_no_link_to_it(
    board: Dashboard, person: Callable[..., User], browsing: Browsing
) -> None:
    answer = browsing(person(Role.MARKETER)).post(f"/boards/{board.pk}/share/", {"days": "30", "language": "en"})

    assert answer.status_code == 404
    assert not Share.objects.exists()


def test_a_link_that_was_taken_back_or_has_ended_opens_nothing(board: Dashboard, min_jun: User) -> None:
    now = datetime.now(UTC)
    taken, first = services.share(board, by=min_jun, language="en", days=None, now=now)
    _ended, second = services.share(board, by=min_jun, language="en", days=7, now=now - timedelta(days=8))
    services.revoke(taken, by=min_jun, now=now)

    assert [Client().get(f"/s/{token}/").status_code for token in (first, second, "made-up")] == [410, 410, 410]


def test_the_link_itself_is_not_kept(board: Dashboard, min_jun: User, browsing: Browsing) -> None:
    page = browsing(min_jun).post(f"/boards/{board.pk}/share/", {"days": "30", "language": "en"}).content.decode()

    found = re.search(r"/s/([\w-]+)/", page)
    assert found
    kept = Share.objects.get()
    assert found[1] not in (kept.digest, kept.hint)
    assert queries.share_of(found[1], now=datetime.now(UTC)) == kept
    assert AuditEntry.objects.filter(verb="share.made", who=min_jun).exists()


def test_a_saved_view_leads_back_to_the_page_as_it_was(min_jun: User, browsing: Browsing) -> None:
    client = browsing(min_jun)

    client.post("/boards/views/save/", {"name": "By plan", "address": "/figures/crr/?by=year&segment=plan"})

    assert 'href="/figures/crr/?by=year&amp;segment=plan"' in client.get("/boards/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "/\t/example.com",
        "javascript:1",
        "/" * 2 + "x" * 600,
        "/" + "x" * 600,
    ],
)
def test_a_view_never_leads_away_from_okaeri(address: str, min_jun: User, browsing: Browsing) -> None:
    browsing(min_jun).post("/boards/views/save/", {"name": "Away", "address": address})

    assert not SavedView.objects.exists()

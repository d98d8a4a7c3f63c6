"""Figures that are watched."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

import okaeri
from okaeri.base.errors import OkaeriError
from okaeri.base.text import use_language
from okaeri.facts.lake import Lake
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.core.news import tell
from okaeri.web.core.people.models import User
from okaeri.web.insights.boards import queries, services, watching
from okaeri.web.insights.boards.models import Alert, Ring
from okaeri.web.insights.boards.watching import look_at_all
from okaeri.web.insights.questions import Question

NOW = datetime(2025, 3, 1, tzinfo=UTC)
QUESTION = Question(metric="crr", by="month")


def nothing(share: float) -> None:
    """Nobody watches the progress."""


@pytest.fixture
def leaving(workspace: Path) -> Path:
    """200 customers buy every month for ten months, and 60 of them stop before the eleventh."""
    first = date(2024, 1, 8)
    rows = [
        (f"{customer}-{month}", f"c{customer}", first + timedelta(days=30 * month))
        for customer in range(200)
        for month in range(13)
        if month < 10 or customer >= 60
    ]
    ids, customers, days = zip(*rows, strict=True)
    instants = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    table = pa.table(
        {
            "order_id": ids,
            "customer_id": customers,
            "ordered_at": pa.array(instants, pa.timestamp("us", tz="UTC")),
            "amount": [40.0] * len(rows),
            "currency": ["JPY"] * len(rows),
            "margin": pa.nulls(len(rows), pa.float64()),
            "kind": ["purchase"] * len(rows),
        }
    )
    Lake(okaeri.open(workspace).workspace.lake_path).land("orders", table, batch_id="orders", now=NOW)
    return workspace


def watched(by: User, *, worse: int = 0) -> Alert:
    return services.make_alert(by=by, question=QUESTION, false_alarms_per_year=0.5, worse=worse, now=NOW)


def test_an_alert_rings_once_for_a_period_and_says_how_sure_it_is(leaving: Path, aki: User) -> None:
    alert = watched(aki)

    rung = [look_at_all(now=NOW, progress=nothing) for _look in range(2)]

    alert.refresh_from_db()
    verdict = alert.verdict or {}
    assert rung == [1, 0]
    assert Ring.objects.get().period == verdict["period"] == "2024-12"
    assert verdict["probability"] > 0.999
    assert verdict["low"] < verdict["change"] < verdict["high"] < 0


def test_the_mail_of_an_alert_states_its_rate_of_false_alarms(leaving: Path, aki: User) -> None:
    watched(aki)

    look_at_all(now=NOW, progress=nothing)
    run(str(Job.objects.get(kind="mail_alert").pk))

    assert "rings 0.5 times a year" in mail.outbox[0].body
    assert Ring.objects.get().mailed_at


def test_the_mail_of_an_alert_is_sent_once_and_again_only_when_it_failed(
    leaving: Path, aki: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(aki)
    look_at_all(now=NOW, progress=nothing)
    job = Job.objects.get(kind="mail_alert")

    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", broken_send)
        run(str(job.pk))
    job.refresh_from_db()
    waits = job.state
    sent = [watching.mail_ring(Ring.objects.get().pk, now=NOW) for _attempt in range(2)]

    assert waits == JobState.QUEUED
    assert sent == [True, False]
    assert len(mail.outbox) == 1


def broken_send(message: object) -> None:
    raise ConnectionRefusedError


def test_the_page_says_that_the_mail_of_an_alert_has_not_gone_out(
    leaving: Path, aki: User, browsing: Callable[[User], Client]
) -> None:
    watched(aki)
    look_at_all(now=NOW, progress=nothing)
    words = "The mail about it has not gone out."

    before = browsing(aki).get("/boards/alerts/").content.decode()
    run(str(Job.objects.get(kind="mail_alert").pk))
    after = browsing(aki).get("/boards/alerts/").content.decode()

    assert words in before
    assert words not in after


def test_who_left_the_workspace_is_told_no_figures(leaving: Path, aki: User) -> None:
    watched(aki)
    look_at_all(now=NOW, progress=nothing)
    User.objects.filter(pk=aki.pk).update(is_active=False)

    assert not watching.mail_ring(Ring.objects.get().pk, now=NOW)
    assert not mail.outbox


def test_an_alert_on_one_segment_is_refused(aki: User) -> None:
    question = Question(metric="crr", segment="plan")

    with pytest.raises(OkaeriError, match="Leave the segment out"):
        services.make_alert(by=aki, question=question, false_alarms_per_year=1, worse=0, now=NOW)


@pytest.mark.parametrize("slip", [{"worse": "nan"}, {"worse": "inf"}, {"rate": "nan"}])
def test_a_slip_in_the_form_is_told_and_watches_nothing(
    slip: dict[str, str], aki: User, browsing: Callable[[User], Client]
) -> None:
    said = {"metric": "crr", "by": "month", "rate": "0.5", "worse": "0", **slip}

    answer = browsing(aki).post("/boards/alerts/new/", said)

    assert answer.status_code == 302
    assert not Alert.objects.exists()


def test_an_alert_that_listens_to_rises_is_quiet_when_a_figure_falls(leaving: Path, aki: User) -> None:
    watched(aki, worse=1)

    assert look_at_all(now=NOW, progress=nothing) == 0


def test_a_rate_that_is_not_offered_is_refused(aki: User) -> None:
    with pytest.raises(OkaeriError, match="rates that are offered"):
        services.make_alert(by=aki, question=QUESTION, false_alarms_per_year=50, worse=0, now=NOW)


def test_a_figure_that_cannot_be_measured_says_why(workspace: Path, aki: User) -> None:
    alert = watched(aki)

    look_at_all(now=NOW, progress=nothing)

    with use_language("ja"):
        [view] = queries.alerts_for(aki)
    assert (alert.owner, view.words) == (aki, None)
    assert re.search("[ぁ-ん]", view.why_not)


def test_alerts_are_looked_at_after_the_pages_were_measured(coffee: Path, aki: User) -> None:
    watched(aki)
    Job.objects.all().delete()

    tell("measured", {"cutoff": "2025-03-01"}, now=NOW)

    assert Job.objects.filter(kind="watch_alerts").count() == 1

"""Figures that are watched."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.core import mail

import okaeri
from okaeri.base.errors import OkaeriError
from okaeri.facts.lake import Lake
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.news import tell
from okaeri.web.core.people.models import User
from okaeri.web.insights.boards import services
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

    assert "rings 0.5 times a year" in mail.outbox[0].body


def test_an_alert_that_listens_to_rises_is_quiet_when_a_figure_falls(leaving: Path, aki: User) -> None:
    watched(aki, worse=1)

    assert look_at_all(now=NOW, progress=nothing) == 0


def test_a_rate_that_is_not_offered_is_refused(aki: User) -> None:
    with pytest.raises(OkaeriError, match="rates that are offered"):
        services.make_alert(by=aki, question=QUESTION, false_alarms_per_year=50, worse=0, now=NOW)


def test_a_figure_that_cannot_be_measured_says_why(workspace: Path, aki: User) -> None:
    alert = watched(aki)

    look_at_all(now=NOW, progress=nothing)

    alert.refresh_from_db()
    assert (alert.verdict or {})["why_not"]


def test_alerts_are_looked_at_after_the_pages_were_measured(coffee: Path, aki: User) -> None:
    watched(aki)
    Job.objects.all().delete()

    tell("measured", {"cutoff": "2025-03-01"}, now=NOW)

    assert Job.objects.filter(kind="watch_alerts").count() == 1

"""Reports that go out by themselves, and notes on days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from okaeri.base.errors import OkaeriError
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import User
from okaeri.web.insights.boards import services
from okaeri.web.insights.boards.mailing import send_report
from okaeri.web.insights.boards.models import Annotation, MailPlan
from okaeri.web.insights.measuring import measure_pages
from okaeri.web.insights.models import Reading

NOW = datetime(2025, 3, 1, tzinfo=UTC)  # a Saturday, 9 in the morning in Tokyo
Browsing = Callable[[User], Client]


def planned(by: User, *, every: str = "week", language: str = "ja") -> MailPlan:
    return services.plan_mail(
        by=by, addresses=["chiyo@example.com", "Chiyo@example.com "], language=language, every=every, hour=8, now=NOW
    )


@pytest.mark.parametrize(
    ("every", "next_at"),
    [
        ("day", "2025-03-02T08:00:00+09:00"),
        ("week", "2025-03-03T08:00:00+09:00"),
        ("month", "2025-04-01T08:00:00+09:00"),
    ],
)
def test_a_plan_is_due_by_the_clock_of_the_workspace(aki: User, every: str, next_at: str) -> None:
    assert planned(aki, every=every).next_at == datetime.fromisoformat(next_at)


def test_the_same_address_is_written_to_once(aki: User) -> None:
    assert planned(aki).addresses == ["chiyo@example.com"]


def test_what_is_no_address_is_refused(aki: User) -> None:
    with pytest.raises(OkaeriError, match="no e-mail address"):
        services.plan_mail(by=aki, addresses=["chiyo"], language="en", every="day", hour=8, now=NOW)


def test_a_plan_that_is_due_is_taken_once(aki: User) -> None:
    plan = planned(aki)
    due = datetime(2025, 3, 3, 0, tzinfo=UTC)

    taken = [services.take_due(now=due), services.take_due(now=due)]

    assert taken == [[plan.pk], []]
    assert Job.objects.filter(kind="send_report").count() == 1


@pytest.mark.slow
def test_a_report_carries_its_charts_and_the_whole_as_a_pdf(coffee: Path, aki: User) -> None:
    plan = planned(aki)

    send_report(plan.pk, now=NOW)

    [sent] = mail.outbox
    message = sent.message()
    kinds = [part.get_content_type() for part in message.walk()]
    assert sent.to == ["chiyo@example.com"]
    assert {"text/plain", "text/html", "image/png", "application/pdf"} <= set(kinds)
    html = next(part for part in message.walk() if part.get_content_type() == "text/html").get_payload(decode=True)
    assert "顧客維持率" in bytes(html).decode()
    assert len(bytes(html)) < 102_000


def test_a_note_on_a_day_has_the_charts_drawn_anew(aki: User) -> None:
    services.annotate(by=aki, day=date(2025, 2, 1), words="  New   prices ", now=NOW)

    assert Annotation.objects.get().words == "New prices"
    assert Job.objects.filter(kind="measure_pages").exists()


def test_a_note_without_a_day_says_what_is_missing(aki: User, browsing: Browsing) -> None:
    client = browsing(aki)

    client.post("/boards/notes/new/", {"words": "New prices"})

    assert "Choose the day it happened." in client.get("/boards/notes/").content.decode()


@pytest.mark.slow
def test_a_note_on_a_day_is_marked_on_the_charts_over_time(coffee: Path, aki: User) -> None:
    services.annotate(by=aki, day=date(2025, 1, 15), words="New prices", now=NOW)

    measure_pages(now=NOW, languages=("en",))

    part = Reading.objects.get(name="part:retention", language="en").data
    assert any("New prices" in str(card["alt"]) for card in part["cards"])

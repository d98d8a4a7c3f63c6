"""Reports that go out by themselves, and notes on days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from okaeri.base.errors import OkaeriError
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.insights.boards import mailing, services
from okaeri.web.insights.boards.mailing import send_report
from okaeri.web.insights.boards.models import Annotation, MailPlan
from okaeri.web.insights.measuring import measure_pages
from okaeri.web.insights.models import Reading
from okaeri.web.insights.questions import Question

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

    send_report(plan.pk, turn="1", now=NOW)

    [sent] = mail.outbox
    message = sent.message()
    kinds = [part.get_content_type() for part in message.walk()]
    assert sent.to == ["chiyo@example.com"]
    assert {"text/plain", "text/html", "image/png", "application/pdf"} <= set(kinds)
    html = next(part for part in message.walk() if part.get_content_type() == "text/html").get_payload(decode=True)
    assert "顧客維持率" in bytes(html).decode()
    assert len(bytes(html)) < 102_000


class Server:
    """Takes mails for some addresses, and breaks or refuses at one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken: list[str] = []
        self.breaks: dict[str, Exception] = {}
        monkeypatch.setattr(EmailMultiAlternatives, "send", lambda message: self.take(message.to[0]))
        letter = mailing.Letter(subject="s", text="t", html="h", language="ja", pictures=(), pdf=b"", pdf_name="r.pdf")
        monkeypatch.setattr(mailing, "write_letter", lambda plan, now: letter)

    def take(self, address: str) -> None:
        if address in self.breaks:
            raise self.breaks[address]
        self.taken.append(address)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A mail server that says what it was given."""
    return Server(monkeypatch)


@pytest.fixture
def three(aki: User) -> MailPlan:
    """A report for three people."""
    addresses = [f"{name}@example.com" for name in ("aki", "ben", "chiyo")]
    return services.plan_mail(by=aki, addresses=addresses, language="ja", every="week", hour=8, now=NOW)


def test_another_attempt_leaves_out_whom_the_first_one_reached(three: MailPlan, server: Server) -> None:
    server.breaks["ben@example.com"] = ConnectionResetError()
    with pytest.raises(ConnectionResetError):
        send_report(three.pk, turn="1", now=NOW)
    server.breaks.clear()

    counts = [send_report(three.pk, turn=turn, now=NOW) for turn in ("1", "1", "2")]

    assert counts == [2, 0, 3]
    assert server.taken == [*three.addresses, *three.addresses]


def test_a_mail_server_that_is_away_is_tried_again_and_the_plan_says_so(
    three: MailPlan, server: Server, aki: User, browsing: Browsing
) -> None:
    server.breaks["aki@example.com"] = ConnectionRefusedError()
    aki.language = "ja"
    aki.save()
    job = services.send_now(three, by=aki, now=NOW)

    run(str(job.pk), clock=lambda: NOW)

    job.refresh_from_db()
    assert (job.state, job.due_at > NOW) == (JobState.QUEUED, True)
    assert "メールサーバー" in browsing(aki).get("/boards/mails/").content.decode()


def test_one_refused_address_keeps_nobody_else_from_the_report(three: MailPlan, server: Server) -> None:
    server.breaks["aki@example.com"] = SMTPRecipientsRefused({})

    with pytest.raises(OkaeriError, match="refused 1 of the addresses"):
        send_report(three.pk, turn="1", now=NOW)

    assert server.taken == ["ben@example.com", "chiyo@example.com"]


def test_nothing_goes_out_for_somebody_who_may_no_longer_send(coffee: Path, aki: User) -> None:
    plan = planned(aki)
    User.objects.filter(pk=aki.pk).update(is_active=False)

    with pytest.raises(OkaeriError, match="may no longer send"):
        send_report(plan.pk, turn="1", now=NOW)

    assert not mail.outbox


def test_a_plan_that_was_stopped_meanwhile_sends_nothing(aki: User) -> None:
    assert send_report(404, turn="1", now=NOW) == 0


def test_pressing_send_twice_sends_once(aki: User) -> None:
    plan = planned(aki)

    for _press in range(2):
        services.send_now(plan, by=aki, now=datetime.now(UTC))

    assert Job.objects.filter(kind="send_report").count() == 1


@pytest.mark.parametrize("hour", ["²", "24", "", "9" * 5000])
def test_an_hour_that_is_none_is_refused(hour: str, aki: User, browsing: Browsing) -> None:
    answer = browsing(aki).post(
        "/boards/mails/new/", {"addresses": "a@example.com", "every": "day", "hour": hour, "language": "en"}
    )

    assert answer.status_code == 302
    assert not MailPlan.objects.exists()


@pytest.mark.parametrize("door", ["alert", "mail", "view", "note", "tile"])
def test_the_log_names_what_was_removed(door: str, aki: User) -> None:
    question = Question(metric="crr", by="quarter")
    board = services.make_dashboard(by=aki, title="Mornings", now=NOW)
    made: dict[str, Callable[[], Any]] = {
        "alert": lambda: services.make_alert(by=aki, question=question, false_alarms_per_year=1, worse=0, now=NOW),
        "mail": lambda: planned(aki),
        "view": lambda: services.save_view(by=aki, name="By plan", address="/", shared=False, now=NOW),
        "note": lambda: services.annotate(by=aki, day=date(2025, 2, 1), words="New prices", now=NOW),
        "tile": lambda: services.add_tile(board, by=aki, question=question, wide=False, now=NOW),
    }
    named = {"alert": "crr, quarter", "mail": "week, 08:00", "view": "By plan", "note": "2025-02-01: New prices"}

    services.remove(made[door](), by=aki, now=NOW)

    assert AuditEntry.objects.get(verb__endswith=".removed").about == named.get(door, "Mornings: crr")


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

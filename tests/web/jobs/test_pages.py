"""The page of work: what it tells, what it lets people do, and whom it lets in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from okaeri.web.core.jobs.models import Job, Schedule
from okaeri.web.core.jobs.running import begin, enqueue, run
from okaeri.web.core.people.models import AuditEntry, User

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
Browsing = Callable[[User], Client]


def test_before_anything_was_done_the_page_says_so(aki: User, browsing: Browsing) -> None:
    page = browsing(aki).get("/jobs/").content.decode()

    assert "Nothing is being done right now." in page
    assert "Nothing has been done yet." in page


def test_work_under_way_shows_how_far_it_is_and_asks_for_news(aki: User, browsing: Browsing) -> None:
    made = enqueue("roast", now=NOW, bean="geisha", asked_by=aki)
    begin(str(made.pk), now=NOW)
    Job.objects.update(progress=0.4)

    page = browsing(aki).get("/jobs/").content.decode()

    assert 'value="40"' in page
    assert 'hx-trigger="every 2s"' in page


def test_a_script_is_given_the_list_alone(aki: User, browsing: Browsing) -> None:
    page = browsing(aki).get("/jobs/", headers={"HX-Request": "true", "HX-Target": "jobs-now"}).content.decode()

    assert page.lstrip().startswith('<div id="jobs-now"')


def test_work_that_failed_says_why_and_is_tried_again(min_jun: User, browsing: Browsing) -> None:
    made = enqueue("refuse", now=NOW)
    run(str(made.pk), clock=lambda: NOW)
    client = browsing(min_jun)
    page = client.get("/jobs/").content.decode()

    client.post(f"/jobs/{made.pk}/retry/")

    assert "There are no beans. Order some." in page
    assert Job.objects.filter(kind="refuse", state="queued", asked_by=min_jun).count() == 1
    assert AuditEntry.objects.get().verb == "job.retried"


def test_work_that_waits_is_called_off_and_what_has_begun_is_not(aki: User, browsing: Browsing) -> None:
    waiting, begun = enqueue("roast", now=NOW, bean="geisha"), enqueue("roast", now=NOW, bean="bourbon")
    begin(str(begun.pk), now=NOW)
    client = browsing(aki)
    answers = [client.post(f"/jobs/{each.pk}/cancel/").status_code for each in (waiting, begun)]

    assert answers == [302, 422]
    assert {each.pk: each.state for each in Job.objects.all()} == {waiting.pk: "cancelled", begun.pk: "running"}


@pytest.mark.parametrize(
    ("minutes", "time", "expected"), [("30", "", 302), ("soon", "", 422), ("9" * 5000, "", 422), ("", "25:00", 422)]
)
def test_an_owner_changes_when_work_comes_round(
    aki: User, browsing: Browsing, minutes: str, time: str, expected: int
) -> None:
    made = Schedule.objects.create(name="counting", kind="stocktake", every_minutes=60, next_at=NOW)
    form = {"every_minutes": minutes, "at_time": time, "is_on": "on"}

    answer = browsing(aki).post(f"/jobs/schedules/{made.pk}/", form)

    made.refresh_from_db()
    assert answer.status_code == expected
    assert made.every_minutes == (30 if expected == 302 else 60)


def test_only_those_who_bring_facts_see_the_work_and_only_an_owner_its_schedules(
    min_jun: User, chiyo: User, browsing: Browsing
) -> None:
    made = Schedule.objects.create(name="counting", kind="stocktake", every_minutes=60, next_at=NOW)
    analyst, viewer = browsing(min_jun), browsing(chiyo)

    assert analyst.get("/jobs/").status_code == 200
    assert "What comes round" not in analyst.get("/jobs/").content.decode()
    assert analyst.post(f"/jobs/schedules/{made.pk}/", {"every_minutes": "30"}).status_code == 403
    assert viewer.get("/jobs/").status_code == 403


def test_asking_by_address_alone_changes_nothing(aki: User, browsing: Browsing) -> None:
    made = enqueue("roast", now=NOW, bean="geisha")

    assert browsing(aki).get(f"/jobs/{made.pk}/cancel/").status_code == 405
    assert Job.objects.get().state == "queued"

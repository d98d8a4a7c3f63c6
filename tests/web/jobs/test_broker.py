"""What a worker is handed: one piece of work at a time, straight from the table."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django_q.signing import SignedPackage

from okaeri.base.text import Text
from okaeri.web.core.jobs import broker, running
from okaeri.web.core.jobs.broker import Jobs
from okaeri.web.core.jobs.models import Job, Schedule
from okaeri.web.core.jobs.running import begin, enqueue, put_back

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def handing() -> Jobs:
    return Jobs("okaeri")


def test_one_piece_is_handed_over_and_the_next_once_it_has_ended(handing: Jobs, roasting: list[str]) -> None:
    now = datetime.now(UTC)
    first, _second = enqueue("roast", now=now, bean="geisha"), enqueue("roast", now=now, bean="bourbon")
    handed = handing.dequeue()
    meanwhile = handing.dequeue()
    assert handed
    task = SignedPackage.loads(handed[0][1])
    broker.work(*task["args"])
    after = handing.dequeue()

    assert handed[0][0] == str(first.pk)
    assert meanwhile is None
    assert after and after[0][0] != str(first.pk)
    assert roasting == ["geisha"]


def test_work_that_was_put_back_is_handed_over_again(handing: Jobs) -> None:
    now = datetime.now(UTC)
    made = enqueue("roast", now=now, bean="geisha")
    handing.dequeue()
    begin(str(made.pk), now=now)
    made.refresh_from_db()
    put_back(made, now=now - timedelta(hours=1), what=Text("It broke."))

    handed = handing.dequeue()

    assert handed and handed[0][0] == str(made.pk)


def test_one_beat_that_does_not_get_through_does_not_make_work_look_lost(
    roasting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[bool] = []
    seen = running.seen

    def stumble_once(job_id: str, *, attempt: int, now: datetime) -> bool:
        beats.append(True)
        if len(beats) == 1:
            raise OperationalError("database is locked")
        return seen(job_id, attempt=attempt, now=now)

    monkeypatch.setattr(broker, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(running, "seen", stumble_once)
    made = enqueue("roast", now=datetime.now(UTC), bean="geisha")
    attempt = begin(str(made.pk), now=datetime.now(UTC))
    assert attempt

    with broker._seen_alive(str(made.pk), attempt):
        until = time.monotonic() + 5
        while len(beats) < 3 and time.monotonic() < until:
            time.sleep(0.01)

    assert len(beats) >= 3


def test_looking_around_finds_lost_work_and_schedules_that_are_due(handing: Jobs) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    lost = enqueue("roast", now=long_ago, bean="geisha")
    begin(str(lost.pk), now=long_ago)
    Schedule.objects.create(name="counting", kind="stocktake", every_minutes=60, next_at=long_ago)

    handing.dequeue()

    assert {(each.kind, each.state) for each in Job.objects.all()} == {("roast", "queued"), ("stocktake", "queued")}

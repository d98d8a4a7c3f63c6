"""Work that comes round: asked for once per turn, at the hour people meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.web.core.jobs.models import Job, Schedule
from okaeri.web.core.jobs.schedules import RECURRING, ask_for_due, ensure_schedules, next_turn, reschedule
from okaeri.web.core.people.models import AuditEntry, User

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def counting(next_at: datetime = NOW) -> Schedule:
    return Schedule.objects.create(name="counting", kind="stocktake", every_minutes=60, next_at=next_at)


def test_what_is_declared_is_written_down_once_and_stays_as_people_changed_it() -> None:
    ensure_schedules(now=NOW)
    Schedule.objects.filter(name="predictions").update(at_time="05:00")
    ensure_schedules(now=NOW)

    assert set(Schedule.objects.values_list("name", flat=True)) == set(RECURRING)
    assert Schedule.objects.get(name="predictions").at_time == "05:00"


def test_a_turn_is_taken_once_however_many_look() -> None:
    counting()

    assert (ask_for_due(now=NOW), ask_for_due(now=NOW)) == (1, 0)
    assert Job.objects.count() == 1


def test_turns_that_were_missed_are_not_made_up_for() -> None:
    made = counting(next_at=NOW - timedelta(days=3))
    ask_for_due(now=NOW)
    made.refresh_from_db()

    assert (Job.objects.count(), made.next_at, made.last_at) == (1, NOW + timedelta(hours=1), NOW)


def test_what_is_off_has_no_turn() -> None:
    Schedule.objects.filter(pk=counting().pk).update(is_on=False)

    assert ask_for_due(now=NOW) == 0


@pytest.mark.parametrize(
    ("zone", "after", "expected"),
    [
        ("Asia/Tokyo", "2025-03-01T09:00", "2025-03-01T18:30"),
        ("Asia/Tokyo", "2025-03-01T18:30", "2025-03-02T18:30"),
        ("Europe/Berlin", "2025-03-30T00:00", "2025-03-30T01:30"),  # 03:30 on the day the clock goes forward
        ("Europe/Berlin", "2025-10-26T00:00", "2025-10-26T02:30"),  # and on the day it goes back
    ],
)
def test_a_daily_turn_comes_at_the_local_hour(zone: str, after: str, expected: str) -> None:
    turn = next_turn(None, "03:30", after=datetime.fromisoformat(after).replace(tzinfo=UTC), zone=zone)

    assert turn == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_an_hour_that_the_clock_skips_still_comes_once_that_day() -> None:
    turn, turns = datetime(2025, 3, 28, 12, tzinfo=UTC), []
    for _day in range(4):
        turn = next_turn(None, "02:30", after=turn, zone="Europe/Berlin")
        turns.append(turn.date().isoformat())

    assert turns == ["2025-03-29", "2025-03-30", "2025-03-31", "2025-04-01"]


@pytest.mark.parametrize(
    ("minutes", "time", "said"),
    [
        (60, "03:30", "one of the two"),
        (None, "", "one of the two"),
        (1, "", "at least 5"),
        (None, "03:30:15", "no time of day"),  # longer than its column
        (None, "03:30+09:00", "no time of day"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(aki: User, minutes: int | None, time: str, said: str) -> None:
    made = counting()

    with pytest.raises(OkaeriError, match=said):
        reschedule(made.pk, is_on=True, every_minutes=minutes, at_time=time, by=aki, now=NOW)


def test_changing_a_schedule_moves_its_next_turn_and_is_in_the_audit_log(aki: User) -> None:
    made = reschedule(counting().pk, is_on=True, every_minutes=None, at_time="03:30", by=aki, now=NOW)

    assert made.next_at == datetime(2025, 3, 1, 18, 30, tzinfo=UTC)
    assert AuditEntry.objects.get().verb == "schedule.changed"

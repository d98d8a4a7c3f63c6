"""Work that comes round: asked for when it is due, however many workers look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import KINDS
from okaeri.web.core.jobs.models import Schedule
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import workspace_zone

LEAST_MINUTES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurring:
    """How often a kind of job is asked for unless somebody decides otherwise."""

    name: str
    kind: str
    every_minutes: int | None = None
    at_time: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


RECURRING: dict[str, Recurring] = {}


def recurring(name: str, *, kind: str, every_minutes: int | None = None, at_time: str = "", **arguments: Any) -> None:
    """Declare work that comes round; a room says so in its `tasks.py`."""
    RECURRING[name] = Recurring(name=name, kind=kind, every_minutes=every_minutes, at_time=at_time, arguments=arguments)


def ensure_schedules(*, now: datetime) -> None:
    """Write down the declared schedules that are not there yet; those people changed stay as they are."""
    there = set(Schedule.objects.values_list("name", flat=True))
    for each in RECURRING.values():
        if each.name not in there:
            turn = next_turn(each.every_minutes, each.at_time, after=now, zone=workspace_zone())
            Schedule.objects.get_or_create(
                name=each.name,
                defaults={
                    "kind": each.kind,
                    "arguments": dict(each.arguments),
                    "every_minutes": each.every_minutes,
                    "at_time": each.at_time,
                    "next_at": turn,
                },
            )


def ask_for_due(*, now: datetime) -> int:
    """Ask for the work that is due, each turn once; turns that were missed are not made up for."""
    asked = 0
    for each in Schedule.objects.filter(is_on=True, next_at__lte=now):
        with transaction.atomic():
            turn = next_turn(each.every_minutes, each.at_time, after=now, zone=workspace_zone())
            mine = Schedule.objects.filter(pk=each.pk, next_at=each.next_at).update(next_at=turn, last_at=now)
            if mine and each.kind in KINDS:
                enqueue(each.kind, now=now, **each.arguments)
                asked += 1
    return asked


@transaction.atomic
def reschedule(
    schedule_id: int, *, is_on: bool, every_minutes: int | None, at_time: str, by: User, now: datetime
) -> Schedule:
    """Change when work comes round; raises `OkaeriError` for a time that cannot be."""
    if bool(every_minutes) == bool(at_time):
        raise OkaeriError(_("A schedule has an interval or a time of day."), advice=_("Fill in one of the two."))
    if every_minutes and every_minutes < LEAST_MINUTES:
        raise OkaeriError(
            _("That is too often."), advice=_("Leave at least {n} minutes between two turns.").format(n=LEAST_MINUTES)
        )
    found = Schedule.objects.select_for_update().get(pk=schedule_id)
    found.is_on, found.every_minutes = is_on, every_minutes
    found.at_time = f"{_time_of(at_time):%H:%M}" if at_time else ""
    found.next_at = next_turn(every_minutes, found.at_time, after=now, zone=workspace_zone())
    found.save()
    audit.record(
        by, "schedule.changed", about=found.name, at=now, on=is_on, every_minutes=every_minutes, at_time=at_time
    )
    return found


def next_turn(every_minutes: int | None, at_time: str, *, after: datetime, zone: str) -> datetime:
    """The next moment after `after`; a local time that a clock change skips or repeats still comes once a day.

    Raises `OkaeriError` for a time of day that cannot be read.

    >>> next_turn(None, "03:30", after=datetime(2024, 5, 1, tzinfo=UTC), zone="Asia/Tokyo").isoformat()
    '2024-05-01T18:30:00+00:00'
    """
    if every_minutes:
        return after + timedelta(minutes=every_minutes)
    at = _time_of(at_time)
    here = ZoneInfo(zone)
    today = after.astimezone(here).date()
    return next(moment for moment in (_at(today + timedelta(days=n), at, here) for n in range(3)) if moment > after)


def _time_of(words: str) -> time:
    """Hours and minutes alone: a schedule has no seconds, and its zone is the workspace's."""
    try:
        return datetime.strptime(words, "%H:%M").time()
    except ValueError:
        raise OkaeriError(
            _("{time!r} is no time of day.").format(time=words[:20]), advice=_("Write it like 03:30.")
        ) from None


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)

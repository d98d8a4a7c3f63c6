"""Business hours against a clock that is watched minute by minute, in zones that change theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.facts.rules import Rules
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.metric import find
from okaeri.metrics.result import MetricResult
from okaeri.metrics.support.business_hours import WEEKDAYS, BusinessHours
from tests.metrics.oracle import local_day
from tests.metrics.tickets import Ticket, as_known, quantile_by_hand, random_log, table

NOW = datetime(2024, 6, 1, tzinfo=UTC)
BREAK = "mon-fri 09:00-12:30 13:30-18:00, sat 10:00-14:00"
NIGHT = "fri-sun 00:00-03:00, fri 22:00-24:00, mon 08:15-09:45"
HOURS = [("mon-fri 09:00-18:00", ()), (BREAK, ("2023-09-04", "2023-08-15")), (NIGHT, ())]


def ask(
    metric: str, log: Iterable[Ticket], *, zone: str, hours: str, holidays: tuple[str, ...] = (), **question: object
) -> MetricResult:
    found = facts_of({"tickets": table(log)}, calendar=Calendar(zone=zone), now=NOW)
    facts = replace(found.facts, rules=Rules(business_hours=hours, holidays=holidays))
    return Measurer(found.engine, facts).measure(metric, **question)  # type: ignore[arg-type]  # differs from test to test


FIRST, LAST = datetime(2023, 6, 28), datetime(2023, 12, 15)


@cache
def open_so_far(hours: str, holidays: tuple[str, ...]) -> list[int]:
    """For every minute of the local clock since FIRST: at how many minutes before it the shop was open."""
    watched = (FIRST + timedelta(minutes=n) for n in range(int((LAST - FIRST).total_seconds() // 60)))
    return [0, *accumulate(is_open(hours, holidays, now) for now in watched)]


def open_minutes(hours: str, holidays: tuple[str, ...], start: datetime, end: datetime) -> int:
    """Minutes of the local clock from `start` to `end` (naive) at which the shop is open."""
    first, last = (int((at - FIRST).total_seconds() // 60) for at in (start, end))
    return max(open_so_far(hours, holidays)[last] - open_so_far(hours, holidays)[first], 0)


def is_open(hours: str, holidays: tuple[str, ...], now: datetime) -> bool:
    if now.date().isoformat() in holidays:
        return False
    for part in hours.split(", "):
        days, *spans = part.split(" ")
        first, _, last = days.partition("-")
        week = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        inside = week[0] <= now.weekday() <= week[1]
        if inside and any(span.split("-")[0] <= now.strftime("%H:%M") < span.split("-")[1] for span in spans):
            return True
    return False


def naive(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize(("hours", "holidays"), HOURS)
@pytest.mark.parametrize("zone", ["America/Santiago", "Pacific/Kiritimati"])
@pytest.mark.parametrize("metric", ["first_reply_time_business", "resolution_time_business"])
def test_business_waits_equal_a_clock_watched_by_the_minute(
    metric: str, zone: str, hours: str, holidays: tuple[str, ...]
) -> None:
    """Also over the night of 2 September 2023, in which Santiago skipped an hour."""
    log = [t for seed in range(3) for t in random_log(Random(f"{metric} {zone} {seed}"))]

    result = ask(metric, log, zone=zone, hours=hours, holidays=holidays, by="quarter")

    closing = datetime.combine(result.cutoff, datetime.min.time())
    for found in result.measurements:
        assert found.period
        watched = []
        for t in as_known(log, zone=zone, cutoff=result.cutoff):
            end = t.replied if metric.startswith("first") else t.resolved
            last = end or (t.resolved if metric.startswith("first") else None)
            until = naive(last, zone) if last else closing
            if found.period.start <= local_day(t.opened, zone) < found.period.end:
                minutes = open_minutes(hours, holidays, naive(t.opened, zone), until)
                watched.append((minutes / 60, end is not None))
        value, low, high = quantile_by_hand(watched, 0.5)
        assert found.n == len(watched)
        assert found.value == (None if value is None else pytest.approx(value))
        if value is None and low == 0:
            continue
        assert found.interval and found.interval.high == (None if high is None else pytest.approx(high))
        assert low is None or found.interval.low == pytest.approx(low)


def test_business_waits_give_the_numbers_their_pages_print() -> None:
    """Asked on Friday at 17:00, answered on Monday at 11:00, resolved on Tuesday at 10:00."""
    friday, monday = datetime(2024, 1, 5, 17, tzinfo=UTC), datetime(2024, 1, 8, 11, tzinfo=UTC)
    log = [Ticket("aki", friday, monday, monday + timedelta(hours=23))]

    reply, end = (
        ask(m, log, zone="UTC", hours="mon-fri 09:00-18:00", by="all").measurements[0]
        for m in ("first_reply_time_business", "resolution_time_business")
    )

    assert reply.value == find("first_reply_time_business").example.expect
    assert end.value == find("resolution_time_business").example.expect


def test_a_day_that_skips_an_hour_has_the_hours_that_are_written_for_it() -> None:
    """In New York the clock went from 01:59 to 03:00 on Sunday, 10 March 2024: 00:00 to 04:00 is still four hours."""
    zone = ZoneInfo("America/New_York")
    log = [Ticket("aki", datetime(2024, 3, 10, 0, tzinfo=zone), datetime(2024, 3, 10, 12, tzinfo=zone))]

    found = ask("first_reply_time_business", log, zone=zone.key, hours="sun 00:00-04:00", by="all").measurements[0]

    assert found.value == 4.0


def test_an_hour_that_comes_twice_counts_once_and_never_below_zero() -> None:
    """In New York 01:00 to 02:00 came twice on 3 November 2024; 01:50 to the second 01:10 shows minus 40 minutes."""
    zone = ZoneInfo("America/New_York")
    asked = datetime(2024, 11, 3, 1, 50, tzinfo=zone)
    again = Ticket("aki", asked, datetime(2024, 11, 3, 1, 10, tzinfo=zone, fold=1))
    across = Ticket("aki", asked, datetime(2024, 11, 3, 2, 10, tzinfo=zone), id="across")

    short, long = (
        ask(
            "first_reply_time_business", [t], zone=zone.key, hours="sun 00:00-04:00", by="all", cutoff=date(2024, 11, 5)
        )
        for t in (again, across)
    )

    assert short.measurements[0].value == 0.0
    assert long.measurements[0].value == pytest.approx(20 / 60)


def test_one_row_per_day_leaves_every_ticket_once() -> None:
    """Two spans on a day are columns of its one row; as two rows they would double the tickets."""
    log = [Ticket("aki", datetime(2024, 1, 8, 9, tzinfo=UTC), datetime(2024, 1, 8, 17, tzinfo=UTC))]

    found = ask("first_reply_time_business", log, zone="UTC", hours=BREAK, by="all").measurements[0]

    assert (found.n, found.value) == (1, 7.0)


def test_the_minutes_before_each_day_add_up_the_days_before_it() -> None:
    hours = BusinessHours.parse(BREAK, holidays=["2023-09-05"])

    columns = {name: values for name, (_kind, values) in hours.columns(np.arange(19604, 19612)).items()}

    assert columns["before"] == [0, 480, 480, 960, 1440, 1920, 2160, 2160]
    assert columns["opens"][1] == columns["closes"][1] == 0


@pytest.mark.parametrize(
    ("text", "weekday", "spans"),
    [
        ("mon-fri 9:00-18:00", 0, ((540, 1080),)),
        ("MON-FRI 09:00-18:00 ", 4, ((540, 1080),)),
        ("sat-mon 10:00-24:00", 6, ((600, 1440),)),
        ("tue 13:00-18:00 09:00-12:00", 1, ((540, 720), (780, 1080))),
        ("tue 09:00-12:00, tue 12:00-13:00", 1, ((540, 780),)),
        ("mon-fri 09:00-18:00, sat 10:00-14:00", 6, ()),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, weekday: int, spans: tuple[tuple[int, int], ...]) -> None:
    assert BusinessHours.parse(text).week[weekday] == spans


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("weekdays 9-18", "cannot be read"),
        ("mon-fri", "cannot be read"),
        ("mon-fry 09:00-18:00", "no weekday 'fry'"),
        ("mon 18:00-09:00", "close before they open"),
        ("mon 09:60-18:00", "name no time of day"),
        ("mon 09:00-24:30", "name no time of day"),
        ("mon-wed 09:00-12:00, tue 11:00-15:00", "hours of tue overlap"),
        ("mon 08:00-09:00 10:00-11:00 12:00-13:00", "more than one break"),
        (" , ", "no opening hours"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(text: str, problem: str) -> None:
    with pytest.raises(OkaeriError, match=problem):
        BusinessHours.parse(text)


def test_a_holiday_that_is_no_day_is_refused_with_advice() -> None:
    with pytest.raises(OkaeriError, match="Write days as 2024-12-31"):
        BusinessHours.parse("mon 09:00-18:00", holidays=["31.12."])

"""Tickets against a count by hand: waits, backlog, what comes back, promises and contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.intervals import clopper_pearson, wilson
from okaeri.base.measurement import Measurement, State
from okaeri.facts.rules import Rules
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.metric import find
from okaeri.metrics.result import MetricResult
from tests.metrics.oracle import local_day
from tests.metrics.tickets import (
    ZONES,
    Ticket,
    as_known,
    end_of_data,
    measure,
    quantile_by_hand,
    table,
    worlds,
)

NOW = datetime(2024, 6, 1, tzinfo=UTC)
MONDAY = datetime(2024, 1, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CUTOFFS = [None, date(2023, 9, 3)]


def ask(metric: str, log: Iterable[Ticket], *, rules: Rules | None = None, **question: object) -> MetricResult:
    """Measure one log under rules of its own."""
    found = facts_of({"tickets": table(log)}, calendar=Calendar(), now=NOW)
    facts = replace(found.facts, rules=rules or Rules())
    return Measurer(found.engine, facts).measure(metric, **question)  # type: ignore[arg-type]  # differs from test to test


def opened_in(log: Iterable[Ticket], period: Period | None, *, zone: str) -> list[Ticket]:
    assert period
    return [t for t in log if period.start <= local_day(t.opened, zone) < period.end]


def minutes(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() // 60)


def waits(log: Iterable[Ticket], *, until: str, closing: datetime) -> list[tuple[float, bool]]:
    """Hours each ticket waited, in whole minutes, and whether that wait has ended."""
    found = []
    for t in log:
        end = t.replied if until == "reply" else t.resolved
        last = end or (t.resolved if until == "reply" else None) or closing
        found.append((minutes(t.opened, last) / 60, end is not None))
    return found


@pytest.mark.parametrize("cutoff", CUTOFFS)
@pytest.mark.parametrize("by", ["week", "all"])
@pytest.mark.parametrize("zone", ZONES[1:3])
@pytest.mark.parametrize(
    ("metric", "until", "share"),
    [("first_reply_time", "reply", 0.5), ("resolution_time", "end", 0.5), ("reply_p80", "reply", 0.8)],
)
def test_waits_equal_the_curve_drawn_by_hand(
    metric: str, until: str, share: float, zone: str, by: str, cutoff: date | None
) -> None:
    logs = worlds(Random(f"{metric} {zone} {by}"), 6)

    result = measure(metric, logs, zone=zone, by=by, cutoff=cutoff)

    closing = end_of_data(result.cutoff, zone)
    for found in result.measurements:
        known = as_known(logs[str(found.segment)], zone=zone, cutoff=result.cutoff)
        watched = waits(opened_in(known, found.period, zone=zone), until=until, closing=closing)
        assert found.inputs["tickets"] == found.n == len(watched)
        assert found.inputs["waiting"] == sum(not ended for _wait, ended in watched)
        assert_percentile(found, watched, share)


def assert_percentile(found: Measurement, watched: list[tuple[float, bool]], share: float) -> None:
    if not watched:
        assert (found.value, found.interval, found.state) == (None, None, State.UNDEFINED)
        return
    value, low, high = quantile_by_hand(watched, share)
    if value is None and found.interval is None:
        assert low == 0 or len(watched) < 6  # more than nothing is no bound
        return
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.interval and found.interval.low is not None
    assert found.interval.high == (None if high is None else pytest.approx(high))
    if low is not None:
        assert found.interval.low == pytest.approx(low)
    else:
        assert found.interval.low <= max(wait for wait, _ended in watched)


@pytest.mark.parametrize("cutoff", CUTOFFS)
@pytest.mark.parametrize("by", ["day", "month", "quarter"])
@pytest.mark.parametrize("zone", ZONES)
def test_the_backlog_equals_a_count_of_open_tickets_at_midnight(zone: str, by: str, cutoff: date | None) -> None:
    logs = worlds(Random(f"backlog {zone} {by}"), 5)

    result = measure("backlog", logs, zone=zone, by=by, cutoff=cutoff)

    for found in result.measurements:
        assert found.period
        end = min(found.period.end, result.cutoff)
        is_open = [
            t
            for t in logs[str(found.segment)]
            if local_day(t.opened, zone) < end and not (t.resolved and local_day(t.resolved, zone) < end)
        ]
        assert found.value == len(is_open)


def test_a_backlog_is_what_was_open_and_came_less_what_was_resolved() -> None:
    logs = worlds(Random("identity"), 30)

    found = measure("backlog", logs, by="week").measurements

    moved = [m.inputs for m in found]
    assert sum(inputs["opened"] for inputs in moved) == sum(len(log) for log in logs.values())
    for before, after in pairwise(found):
        inputs = after.inputs
        assert inputs["open_tickets"] == inputs["open_before"] + inputs["opened"] - inputs["resolved"]
        if before.segment == after.segment:
            assert inputs["open_before"] == before.inputs["open_tickets"]


def test_tickets_from_before_the_first_period_shown_are_in_the_backlog() -> None:
    log = [Ticket("aki", MONDAY), Ticket("chiyo", MONDAY + 40 * 24 * HOUR, id="late")]

    february = ask("backlog", log, start=date(2024, 2, 1)).measurements[0]

    assert february.inputs == {"open_before": 1, "opened": 1, "resolved": 0, "open_tickets": 2}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cutoff", CUTOFFS)
def test_shares_of_tickets_equal_the_count_by_hand(zone: str, cutoff: date | None) -> None:
    logs = worlds(Random(f"shares {zone}"), 8)

    reopened, repeated, kept = (
        measure(m, logs, zone=zone, cutoff=cutoff) for m in ("reopened_rate", "repeat_issue_rate", "promise_kept")
    )

    for again, same, promise in zip(reopened.measurements, repeated.measurements, kept.measurements, strict=True):
        known = list(as_known(logs[str(again.segment)], zone=zone, cutoff=reopened.cutoff))
        mine = opened_in(known, again.period, zone=zone)
        settled = [t for t in mine if t.resolved or t.reopened]
        back = sum(t.reopened > 0 for t in settled)
        assert again.inputs == {"reopened": back, "settled": len(settled), "tickets": len(mine)}
        assert again.interval == (wilson(back, len(settled)) if settled else None)
        told = [t for t in mine if t.topic]
        assert same.inputs["tickets"] == len(told)
        assert same.inputs["repeat_tickets"] == sum(was_asked_before(t, known, zone=zone) for t in told)
        assert promise.inputs == promises(mine, closing=end_of_data(kept.cutoff, zone))
        due = promise.inputs["kept"] + promise.inputs["broken"]
        assert promise.interval == (clopper_pearson(promise.inputs["kept"], due) if due else None)


def was_asked_before(ticket: Ticket, log: list[Ticket], *, zone: str) -> bool:
    earlier = [
        t
        for t in log
        if (t.customer, t.topic) == (ticket.customer, ticket.topic) and (t.opened, t.id) < (ticket.opened, ticket.id)
    ]
    return any((local_day(ticket.opened, zone) - local_day(t.opened, zone)).days <= 30 for t in earlier)


def promises(log: list[Ticket], *, closing: datetime) -> dict[str, int]:
    counts = {"kept": 0, "broken": 0, "not_due": 0, "closed_unanswered": 0}
    for t in log:
        due = t.opened + 24 * HOUR
        if closing <= due:
            counts["not_due"] += 1
        elif t.replied and t.replied <= due:
            counts["kept"] += 1
        elif not t.replied and t.resolved and t.resolved <= due:
            counts["closed_unanswered"] += 1
        else:
            counts["broken"] += 1
    return counts


@pytest.mark.parametrize("column", ["agent", "topic", "channel"])
def test_a_split_by_a_column_of_the_tickets_adds_up_to_the_whole(column: str) -> None:
    log = [t for each in worlds(Random("split"), 5).values() for t in each]

    whole, parts = (ask("backlog", log, segment=segment).measurements for segment in (None, column))

    for one in whole:
        assert one.value == sum(part.value or 0 for part in parts if part.period == one.period)


def test_waits_give_the_numbers_their_pages_print() -> None:
    replies = [waited(1), waited(2), waited(6), Ticket("d", MONDAY, resolved=MONDAY + 4 * HOUR)]
    ends = [Ticket("a", MONDAY, None, MONDAY + hours * HOUR) for hours in (5, 30, 50)]
    last = datetime(2024, 1, 11, tzinfo=UTC)

    reply = ask("first_reply_time", replies, by="all").measurements[0]
    end = ask("resolution_time", [*ends, Ticket("d", last - 40 * HOUR)], by="all", cutoff=last.date()).measurements[0]
    promise = ask("reply_p80", [waited(hours) for hours in (1, 2, 3, 7, 30)], by="all").measurements[0]

    assert reply.value == find("first_reply_time").example.expect
    assert end.value == find("resolution_time").example.expect
    assert promise.value == find("reply_p80").example.expect


def waited(hours: float) -> Ticket:
    return Ticket("aki", MONDAY, MONDAY + hours * HOUR)


def test_shares_give_the_numbers_their_pages_print() -> None:
    late = MONDAY + 40 * 24 * HOUR
    reopened = [Ticket("aki", MONDAY, None, MONDAY + HOUR, reopened=int(n < 6)) for n in range(80)]
    repeated = [Ticket(f"c{n % 51}", MONDAY + n * HOUR) for n in range(60)]
    promised = [waited(1)] * 45 + [waited(25)] * 5 + [Ticket("z", late)]

    found = [
        ask(metric, log, by="all").measurements[0]
        for metric, log in (("reopened_rate", reopened), ("repeat_issue_rate", repeated), ("promise_kept", promised))
    ]

    for each in found:
        assert each.value == find(each.metric).example.expect


def test_a_backlog_gives_the_number_its_page_prints() -> None:
    before = [Ticket(f"b{n}", MONDAY) for n in range(12)]
    since = [Ticket(f"c{n}", MONDAY + 24 * HOUR, None, MONDAY + 25 * HOUR if n < 37 else None) for n in range(40)]

    found = ask("backlog", before + since, start=date(2024, 1, 9), by="day").measurements[0]

    assert found.inputs == {"open_before": 12, "opened": 40, "resolved": 37, "open_tickets": 15}
    assert found.value == find("backlog").example.expect


def test_a_median_that_is_not_reached_is_more_than_a_bound() -> None:
    log = [Ticket(f"c{n}", MONDAY + n * HOUR) for n in range(12)]

    found = ask("first_reply_time", log, by="all").measurements[0]

    assert (found.value, found.state) == (None, State.UNDEFINED)
    assert found.interval and found.interval.low is not None and found.interval.high is None
    assert found.interval.low == 10.0  # six tickets were watched for ten hours or more, and 0.025 ** (1/6) > 1/2
    assert "more than" in str(found.reason)


def test_an_open_ticket_lengthens_the_median_and_is_not_dropped() -> None:
    answered = [waited(hours) for hours in (1, 2, 3)]
    waiting = [Ticket("d", MONDAY), Ticket("e", MONDAY)]

    alone, together = (ask("first_reply_time", log, by="all").measurements[0] for log in (answered, answered + waiting))

    assert (alone.value, together.value) == (2.0, 3.0)


def test_a_change_of_the_clocks_does_not_shorten_a_wait() -> None:
    """In New York 02:00 to 03:00 on 10 March 2024 did not exist: from 01:00 to 04:00 there are two hours."""
    calendar = Calendar(zone="America/New_York")
    log = {"customer_id": ["aki"], "opened_at": ["2024-03-10 01:00"], "first_reply_at": ["2024-03-10 04:00"]}

    found = ok.measure("first_reply_time", tickets=log, calendar=calendar, by="all").measurements[0]

    assert found.value == 2.0


def test_several_earlier_tickets_make_one_repeat() -> None:
    """A ticket after three others on its topic would be counted three times by a join with what came before."""
    log = [Ticket("aki", MONDAY + n * HOUR, id=str(n)) for n in range(4)] + [Ticket("aki", MONDAY, topic="stale")]

    found = ask("repeat_issue_rate", log, by="all").measurements[0]

    assert found.inputs == {"repeat_tickets": 3, "tickets": 5, "without_topic": 0}


@pytest.mark.parametrize(("days", "repeats"), [(30, 1), (31, 0)])
def test_the_last_day_of_the_window_is_in_it(days: int, repeats: int) -> None:
    log = [Ticket("aki", MONDAY), Ticket("aki", MONDAY + days * 24 * HOUR)]

    found = ask("repeat_issue_rate", log, by="all").measurements[0]

    assert found.inputs["repeat_tickets"] == repeats


def test_a_quick_answer_on_the_last_day_does_not_brighten_the_promise() -> None:
    log = [waited(30), Ticket("chiyo", MONDAY + 72 * HOUR, MONDAY + 73 * HOUR)]

    found = ask("promise_kept", log, by="all").measurements[0]

    assert found.inputs == {"kept": 0, "broken": 1, "not_due": 1, "closed_unanswered": 0}


def test_the_promise_is_the_one_of_the_rules() -> None:
    log = [waited(30), waited(50), Ticket("z", MONDAY + 99 * HOUR)]

    found = ask("promise_kept", log, by="all", rules=Rules(reply_promise_hours=48)).measurements[0]

    assert (found.inputs["kept"], found.inputs["broken"]) == (1, 1)


def test_nothing_due_is_undefined_and_not_a_promise_kept() -> None:
    found = ask("promise_kept", [waited(1)], by="all").measurements[0]

    assert (found.value, str(found.reason)) == (None, "No promise was due before the data ends.")


def test_a_ticket_after_the_cutoff_is_not_known_of() -> None:
    log = [waited(1), Ticket("aki", MONDAY + 48 * HOUR, id="later")]

    found = ask("backlog", log, cutoff=date(2024, 1, 9), by="all").measurements[0]

    assert found.inputs["opened"] == 1


def test_a_bound_of_nothing_is_not_shown_as_a_bound() -> None:
    found = ask("first_reply_time", [Ticket("aki", MONDAY), Ticket("chiyo", MONDAY + HOUR)], by="all").measurements[0]

    assert (found.value, found.interval) == (None, None)
    assert str(found.reason) == "Too few tickets have come so far yet to say how long it is."

"""Use of the product against sets of people and days, kept by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from math import comb
from random import Random
from statistics import mean

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import okaeri as ok
from okaeri.base.calendar import Calendar, Grain, Period
from okaeri.base.intervals import t_mean, wilson
from okaeri.base.measurement import State
from okaeri.metrics.metric import find
from okaeri.metrics.usage.windows import start_before
from tests.metrics.oracle import local_day

ZONES = ["UTC", "America/Santiago", "Pacific/Kiritimati"]
CUSTOMERS = ("aki", "min-jun", "chiyo", "d", "e", "f")
START = datetime(2023, 2, 20, tzinfo=UTC)
BYS = ["day", "week", "month", "quarter", "all"]

Event = tuple[str, str, datetime]


def random_log(random: Random, *, days: int = 260) -> list[Event]:
    """Events in any order, some twice at one instant, some around Santiago's change of clocks, some in bursts."""
    log = [(random.choice(CUSTOMERS), "visit", START)]
    for _number in range(random.randint(1, 60)):
        at = START + timedelta(minutes=30 * random.randrange(days * 48))
        if random.random() < 0.15:
            at = datetime(2023, 9, 3, 4, tzinfo=UTC) + timedelta(minutes=30 * random.randrange(-24, 24))
        log += [(random.choice(CUSTOMERS), random.choice(["visit", "brew"]), at)] * random.choice([1, 1, 1, 6])
    random.shuffle(log)
    return log


def table(log: Iterable[Event]) -> pa.Table:
    rows = list(log)
    return pa.table(
        {
            "customer_id": [who for who, _name, _at in rows],
            "name": [name for _who, name, _at in rows],
            "occurred_at": pa.array([at for _who, _name, at in rows], pa.timestamp("us", tz="UTC")),
        }
    )


def ask(metric: str, log: list[Event], *, zone: str = "UTC", **question: object) -> ok.Result:
    return ok.measure(metric, events=table(log), calendar=Calendar(zone=zone), **question)  # type: ignore[arg-type]  # the question differs from test to test


def days_of(log: Iterable[Event], *, zone: str, cutoff: date) -> dict[str, list[date]]:
    """Per customer the local days of the events before the cutoff, one entry an event."""
    found: dict[str, list[date]] = {}
    for who, _name, at in log:
        day = local_day(at, zone)
        if day < cutoff:
            found.setdefault(who, []).append(day)
    return found


def active(days: dict[str, list[date]], start: date, end: date) -> set[str]:
    return {who for who, mine in days.items() if any(start <= day < end for day in mine)}


@pytest.mark.parametrize("cutoff", [None, date(2023, 9, 4)])
@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("zone", ZONES)
def test_active_customers_and_stickiness_equal_the_sets_by_hand(zone: str, by: str, cutoff: date | None) -> None:
    log = random_log(Random(f"active {zone} {by}"))

    actives, sticky = (ask(m, log, zone=zone, by=by, cutoff=cutoff) for m in ("active_customers", "stickiness"))

    days = days_of(log, zone=zone, cutoff=actives.cutoff)
    first = min(day for mine in days.values() for day in mine)
    for found, stick in zip(actives.measurements, sticky.measurements, strict=True):
        assert found.period
        start, end = max(found.period.start, first), min(found.period.end, actives.cutoff)
        here = active(days, start, end)
        assert found.value == len(here)
        per_customer = [len({day for day in days[who] if start <= day < end}) / (end - start).days for who in here]
        assert stick.value == (pytest.approx(mean(per_customer)) if here else None)
        if len(set(per_customer)) > 1:
            around = t_mean(per_customer)
            assert stick.interval and around.low is not None and around.high is not None
            assert stick.interval.low == pytest.approx(max(around.low, 1 / (end - start).days))
            assert stick.interval.high == pytest.approx(min(around.high, 1))


@pytest.mark.parametrize("start", [None, date(2023, 6, 1)])
@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("zone", ZONES)
def test_the_lifecycle_equals_the_sets_by_hand(zone: str, by: str, start: date | None) -> None:
    log = random_log(Random(f"lifecycle {zone} {by}"))

    result = ask("lifecycle", log, zone=zone, by=by, start=start)

    days = days_of(log, zone=zone, cutoff=result.cutoff)
    for found in result.measurements:
        assert found.period
        period, previous = found.period, start_before(found.period)
        now, then = active(days, period.start, period.end), active(days, previous, period.start)
        ever = active(days, date.min, period.start)
        assert found.inputs == {
            "first_time": len(now - ever),
            "resurrected": len(now & ever - then),
            "returning_customers": len(now & then),
            "dormant": len(then - now),
            "active_customers": len(now),
            "active_before": len(then),
        }
        assert found.value == len(now) - len(then)


@given(st.lists(st.tuples(st.sampled_from(CUSTOMERS), st.integers(0, 200)), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_who_is_active_was_new_returning_or_resurrected_and_who_was_is_returning_or_dormant(
    seen: list[tuple[str, int]],
) -> None:
    log = [(who, "visit", START + timedelta(days=day)) for who, day in seen]

    lives = ask("lifecycle", log, by="week").measurements
    actives = ask("active_customers", log, by="week").measurements

    assert sum(m.inputs["first_time"] for m in lives) == len({who for who, _day in seen})
    before = 0.0
    for life, found in zip(lives, actives, strict=True):
        inputs = life.inputs
        assert inputs["first_time"] + inputs["returning_customers"] + inputs["resurrected"] == found.value
        assert inputs["returning_customers"] + inputs["dormant"] == inputs["active_before"] == before
        assert life.value == (found.value or 0) - before
        before = found.value or 0


@pytest.mark.parametrize("by", ["week", "month"])
@pytest.mark.parametrize("zone", ZONES)
def test_the_trend_of_use_equals_binomial_sums_by_hand(zone: str, by: str) -> None:
    log = random_log(Random(f"trend {zone} {by}")) + random_log(Random(f"more {zone} {by}"), days=90)

    result = ask("usage_trend", log, zone=zone, by=by)

    days = days_of(log, zone=zone, cutoff=result.cutoff)
    told = []
    for found in result.measurements:
        assert found.period
        counts = trend(days, min(found.period.end, result.cutoff))
        assert found.inputs == counts
        judged = counts["falling"] + counts["steady"] + counts["rising"]
        assert found.interval == (wilson(counts["falling"], judged) if judged else None)
        told.append(counts["falling"] + counts["rising"])
    assert sum(told) > 0


def trend(days: dict[str, list[date]], end: date) -> dict[str, int]:
    counts = {"falling": 0, "steady": 0, "rising": 0, "too_new": 0}
    start, middle = end - timedelta(days=84), end - timedelta(days=28)
    for mine in days.values():
        later, earlier = (sum(a <= day < b for day in mine) for a, b in ((middle, end), (start, middle)))
        total = later + earlier
        odds = [comb(total, k) * 2 ** (total - k) / 3**total for k in range(total + 1)]
        if total and min(mine) >= start:
            counts["too_new"] += 1
        elif total:
            rises, falls = sum(odds[later:]) <= 0.025, sum(odds[: later + 1]) <= 0.025
            counts["rising" if rises else "falling" if falls else "steady"] += 1
    return counts


def test_new_means_new_in_the_data_and_not_new_in_the_window() -> None:
    log = [("aki", "visit", START), ("aki", "visit", START + timedelta(days=100)), ("chiyo", "visit", START)]

    june = ask("lifecycle", log, start=date(2023, 5, 1)).measurements[0]

    assert (june.inputs["first_time"], june.inputs["resurrected"]) == (0, 1)


def test_events_orders_and_two_currencies_on_one_day_are_one_active_customer() -> None:
    """Days are kept by customer, day and currency; browsing and buying there would count a person three times."""
    orders = {
        "customer_id": ["aki", "aki", "d"],
        "ordered_at": ["2023-02-20", "2023-02-20", "2023-02-20"],
        "amount": [1.0, 2.0, 3.0],
        "currency": ["JPY", "KRW", "JPY"],
    }
    log = [("aki", "visit", START), ("aki", "brew", START), ("aki", "visit", START)]

    actives, sticky = (
        ok.measure(m, events=table(log), orders=orders, by="all").measurements[0]
        for m in ("active_customers", "stickiness")
    )

    assert actives.inputs == {"active_customers": 1, "all_events": 3}
    assert (sticky.value, sticky.inputs["active_days"]) == (1.0, 1)


def test_each_kind_of_event_has_its_own_users() -> None:
    log = [("aki", "visit", START), ("aki", "brew", START), ("chiyo", "visit", START)]

    found = ask("active_customers", log, segment="name", by="all").measurements

    assert [(m.segment, m.value) for m in found] == [("brew", 1), ("visit", 2)]


def test_a_period_without_use_has_no_active_customer_and_no_stickiness() -> None:
    log = [("aki", "visit", START), ("aki", "visit", START + timedelta(days=80))]

    actives, sticky = (ask(m, log).measurements[1] for m in ("active_customers", "stickiness"))

    assert (actives.value, actives.state) == (0, State.COMPLETE)
    assert (sticky.value, str(sticky.reason)) == (None, "Nobody used the product in the period.")


def test_engagement_gives_the_numbers_its_pages_print() -> None:
    uses = [(f"c{n % 3}", "visit", START + timedelta(hours=n)) for n in range(12)]
    april = datetime(2023, 4, 1, tzinfo=UTC)
    visits = [(f"c{n}", "visit", april + timedelta(days=d)) for n in range(8) for d in range(7 + (n < 4))]
    visits += [("z", "visit", april + timedelta(days=day)) for day in (-1, 31)]
    lives = [(f"n{n}", "visit", april) for n in range(30)]
    lives += [(f"r{n}", "visit", april - timedelta(days=back)) for n in range(8) for back in (0, 40)]
    lives += [(f"d{n}", "visit", april - timedelta(days=1)) for n in range(22)]

    found = [
        ask("active_customers", uses, by="all").measurements[0],
        ask("stickiness", visits, start=date(2023, 4, 1)).measurements[0],
        ask("lifecycle", lives, start=date(2023, 4, 1)).measurements[0],
    ]

    for each in found:
        assert each.value == find(each.metric).example.expect


def test_the_share_of_falling_use_gives_the_number_its_page_prints() -> None:
    end = START + timedelta(days=200)
    groups = {"falling": (12, 30, 0), "steady": (70, 4, 2), "rising": (18, 0, 9)}
    log = [
        (f"{name}{n}", "visit", end - timedelta(days=back))
        for name, (customers, earlier, later) in groups.items()
        for n in range(customers)
        for back in (150, *[60] * earlier, *[3] * later)
    ]

    found = ask("usage_trend", [*log, ("last", "visit", end)], by="all").measurements[0]

    assert {name: found.inputs[name] for name in groups} == {"falling": 12, "steady": 70, "rising": 18}
    assert found.value == find("usage_trend").example.expect


def test_the_customers_behind_each_trend_are_those_that_were_counted() -> None:
    log = random_log(Random("who")) + random_log(Random("else"), days=90)
    result = ask("usage_trend", log)

    listed = {
        (m.period.label, state): result.customers(period=m.period, state=state)
        for m in result.measurements
        if m.period
        for state in ("falling", "steady", "rising", "too_new")
    }

    for m in result.measurements:
        assert m.period
        assert {state: len(listed[m.period.label, state]) for state in m.inputs} == m.inputs
    assert any(ids for (_label, state), ids in listed.items() if state == "falling")


@pytest.mark.parametrize(
    ("grain", "start", "end", "before"),
    [
        (Grain.WEEK, date(2024, 1, 1), date(2024, 1, 8), date(2023, 12, 25)),
        (Grain.MONTH, date(2024, 3, 1), date(2024, 4, 1), date(2024, 2, 1)),
        (Grain.QUARTER, date(2024, 2, 1), date(2024, 5, 1), date(2023, 11, 1)),
        (Grain.YEAR, date(2024, 4, 1), date(2025, 4, 1), date(2023, 4, 1)),
        (Grain.ALL, date(2024, 1, 11), date(2024, 1, 21), date(2024, 1, 1)),
    ],
)
def test_the_period_before_ends_where_a_period_starts(grain: Grain, start: date, end: date, before: date) -> None:
    assert start_before(Period(start, end, grain)) == before

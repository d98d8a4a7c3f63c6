"""Cohort triangles against the brute-force count, with what could not be observed left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement, State
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.members import cohort_members
from okaeri.metrics.metric import find
from tests.metrics import oracle
from tests.metrics.purchases import ZONES, Order, measure, purchase_days, seen, table, worlds
from tests.metrics.test_retention import apart, contracts_of, people_of, random_contracts

KINDS = ["cohort", "cohort_unbounded"]


def later(day: int, month: int = 1) -> datetime:
    return datetime(2024, month, day, 12, tzinfo=UTC)


def expected_cell(days: dict[str, list[date]], cohort: Period, cell: Period, *, unbounded: bool) -> tuple[int, int]:
    """Members of a cohort, and how many of them are active in a cell, by looking at everybody's days."""
    members = [bought for bought in days.values() if cohort.start <= bought[0] < cohort.end]
    until = date.max if unbounded else cell.end
    return len(members), sum(any(cell.start <= day < until for day in bought) for bought in members)


def cells_of(result: ok.Result, segment: str | None = None) -> list[Measurement]:
    return [m for m in result.measurements if m.period and (segment is None or m.segment == segment)]


def assert_triangle(
    result: ok.Result, periods: tuple[Period, ...], days: dict[str, list[date]], segment: str, *, unbounded: bool
) -> None:
    for found in cells_of(result, segment):
        assert found.period is not None
        place = periods.index(found.period) + found.inputs["age"]
        cell = periods[place] if place < len(periods) else None
        if cell is None or cell.start >= result.cutoff:
            assert (found.value, found.state, found.inputs["active"]) == (None, State.UNDEFINED, None)
            continue
        size, active = expected_cell(days, found.period, cell, unbounded=unbounded)
        assert found.inputs["cohort_size"] == size
        assert found.inputs["active"] == (active if size else None)
        if size:
            assert found.value == active / size
            assert found.state is (State.COMPLETE if cell.end <= result.cutoff else State.PARTIAL)


def assert_means(result: ok.Result, segment: str) -> None:
    """A mean pools complete cells only, weighted by the size of the cohort."""
    for mean in (m for m in result.measurements if m.period is None and m.segment == segment):
        kept = [
            m for m in cells_of(result, segment) if m.inputs["age"] == mean.inputs["age"] and m.state is State.COMPLETE
        ]
        size, active = sum(m.inputs["cohort_size"] for m in kept), sum(m.inputs["active"] for m in kept)
        assert mean.inputs["cohort_size"] == mean.n == size
        assert mean.value == (active / size if size else None)
        assert mean.interval == (wilson(active, size) if size else None)


@pytest.mark.parametrize("metric", KINDS)
@pytest.mark.parametrize("by", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("zone", ZONES)
def test_triangles_of_buyers_equal_the_brute_force_count(metric: str, by: str, zone: str) -> None:
    logs = worlds(Random(f"{metric} {by} {zone}"), 2 if by == "week" else 12)

    result = measure(metric, logs, zone=zone, by=by, presence="orders:30d")

    periods = tuple(sorted({m.period for m in result.measurements if m.period}, key=lambda p: p.start))
    for segment, log in logs.items():
        days = purchase_days(log, zone=zone, cutoff=result.cutoff)
        assert_triangle(result, periods, days, segment, unbounded=metric == "cohort_unbounded")
        assert_means(result, segment)


@pytest.mark.parametrize("metric", KINDS)
@pytest.mark.parametrize("zone", ZONES)
def test_a_cutoff_in_the_past_hides_what_came_after_it(metric: str, zone: str) -> None:
    logs = worlds(Random(f"cutoff {metric} {zone}"), 12)

    result = measure(metric, logs, zone=zone, by="month", cutoff=date(2023, 9, 11), presence="orders:30d")

    periods = tuple(sorted({m.period for m in result.measurements if m.period}, key=lambda p: p.start))
    assert periods[-1].start == date(2023, 9, 1)
    for segment, log in logs.items():
        days = purchase_days(log, zone=zone, cutoff=result.cutoff)
        assert_triangle(result, periods, days, segment, unbounded=metric == "cohort_unbounded")
        assert_means(result, segment)


@pytest.mark.parametrize("metric", KINDS)
@pytest.mark.parametrize("zone", ZONES)
def test_triangles_of_subscribers_equal_the_brute_force_count(metric: str, zone: str) -> None:
    """A subscriber is active in every period in which a contract ran on some day."""
    random = Random(f"contracts {metric} {zone}")
    logs = [apart(number, random_contracts(random)) for number in range(12)]

    result = ok.measure(
        metric,
        subscriptions=contracts_of([row for log in logs for row in log]),
        customers=people_of(logs),
        segment="world",
        calendar=Calendar(zone=zone),
    )

    periods = tuple(sorted({m.period for m in result.measurements if m.period}, key=lambda p: p.start))
    for number, log in enumerate(logs):
        days: dict[str, list[date]] = {}
        for stay in oracle.stays_of_contracts(log, zone=zone, grace_days=0):
            if stay.start < result.cutoff:
                last = min(stay.end, result.cutoff - timedelta(days=1))
                ran = [stay.start + timedelta(days=n) for n in range((last - stay.start).days + 1)]
                days[stay.customer] = sorted([*days.get(stay.customer, []), *ran])
        assert_triangle(result, periods, days, str(number), unbounded=metric == "cohort_unbounded")


@pytest.mark.parametrize("zone", ZONES)
def test_cohort_revenue_equals_the_sum_by_hand(zone: str) -> None:
    """Money of each currency by itself; a return lowers it; nothing before a first purchase is counted."""
    logs = worlds(Random(f"cohort_revenue {zone}"), 15)

    result = measure("cohort_revenue", logs, zone=zone, by="month", presence="orders:30d")

    periods = sorted({m.period for m in result.measurements if m.period}, key=lambda p: p.start)
    for found in result.measurements:
        assert found.period is not None
        if found.value is None:
            assert found.state is State.UNDEFINED
            continue
        log, cell = logs[str(found.segment)], periods[periods.index(found.period) + found.inputs["age"]]
        days = purchase_days(log, zone=zone, cutoff=result.cutoff)
        members = {c for c, bought in days.items() if found.period.start <= bought[0] < found.period.end}
        spent = seen(log, zone=zone, cutoff=result.cutoff, currency=found.currency)
        total = sum(s.order.amount for s in spent if s.order.customer in members and cell.start <= s.day < cell.end)
        assert found.value == pytest.approx(total)
        assert found.inputs["cohort_size"] == len(members)


@pytest.mark.parametrize("metric", KINDS)
def test_more_periods_than_one_mask_holds_are_unpacked_alike(metric: str) -> None:
    """Two hundred weeks need four masks; each edge between them must agree with the count."""
    steps = [("aki", 20), ("chiyo", 45), ("d", 91), ("e", 427)]
    log = [
        Order(who, datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=step * pace))
        for who, pace in steps
        for step in range(1400 // pace + 1)
    ]

    result = ok.measure(metric, orders=table(log), by="week", presence="orders:40d")

    periods = tuple(sorted({m.period for m in result.measurements if m.period}, key=lambda p: p.start))
    assert len(periods) > 190
    days = purchase_days(log, zone="UTC", cutoff=result.cutoff)
    assert_triangle(result, periods, days, "all", unbounded=metric == "cohort_unbounded")


@pytest.mark.parametrize(("metric", "active"), [("cohort", 30), ("cohort_unbounded", 48)])
def test_a_triangle_gives_the_number_its_page_prints(metric: str, active: int) -> None:
    """120 customers came in January; so many of them in February (or, on or after it, by March)."""
    log = [Order(f"c{n}", later(5)) for n in range(120)]
    log += [Order(f"c{n}", later(9, 2)) for n in range(30)]
    log += [Order(f"c{n}", later(9, 3)) for n in range(30, 48)] + [Order("new", later(1, 4))]

    cell = next(m for m in ok.measure(metric, orders=table(log)).measurements if m.inputs["age"] == 1)

    assert (cell.inputs["active"], cell.inputs["cohort_size"]) == (active, 120)
    assert cell.value == find(metric).example.expect


def test_cohort_revenue_gives_the_number_its_page_prints() -> None:
    log = [Order(f"c{n}", later(5), 10.0) for n in range(120)]
    log += [Order(f"c{n}", later(7, 2), 45.0) for n in range(120)] + [Order("new", later(1, 3))]

    cell = next(m for m in ok.measure("cohort_revenue", orders=table(log)).measurements if m.inputs["age"] == 1)

    assert cell.value == find("cohort_revenue").example.expect


def test_a_cell_that_could_not_be_observed_is_neither_zero_nor_in_the_mean() -> None:
    """The February cohort is one month young: counting its March as 0 would halve the mean."""
    log = [Order("aki", later(5)), Order("aki", later(3, 2)), Order("chiyo", later(9, 2)), Order("aki", later(29, 2))]

    result = ok.measure("cohort", orders=table(log), cutoff=date(2024, 3, 1))

    february = [m for m in cells_of(result) if m.period and m.period.start == date(2024, 2, 1)]
    assert [(m.value, m.state) for m in february] == [(1.0, State.COMPLETE), (None, State.UNDEFINED)]
    means = [m for m in result.measurements if m.period is None]
    assert [(m.value, m.n) for m in means] == [(1.0, 2), (1.0, 1)]


def test_a_month_nobody_came_in_is_undefined_with_the_reason() -> None:
    log = [Order("aki", later(5)), Order("chiyo", later(9, 3))]

    february = [m for m in cells_of(ok.measure("cohort", orders=table(log))) if m.period and m.period.start.month == 2]

    assert [str(m.reason) for m in february] == ["Nobody came for the first time in this period."]


def test_on_or_after_never_falls_below_exact_and_never_rises_with_age() -> None:
    logs = worlds(Random("law"), 20)

    exact, since = (cells_of(measure(kind, logs, by="month", presence="orders:30d")) for kind in KINDS)

    for one, other in zip(exact, since, strict=True):
        assert (one.value is None) == (other.value is None)
        assert one.value is None or (other.value is not None and one.value <= other.value)
    for young, old in pairwise(since):
        if young.value is not None and old.value is not None and old.inputs["age"]:
            assert old.value <= young.value


def test_a_buyer_in_two_currencies_who_also_browses_is_one_member_of_the_cohort() -> None:
    """Customer-days fan out by currency and by browsing; people do not."""
    log = [
        Order("aki", later(5)),
        Order("aki", later(5), 900.0, "KRW"),
        Order("chiyo", later(6)),
        Order("chiyo", later(9, 3)),
    ]
    visits = pa.table(
        {"customer_id": ["aki"] * 3, "name": ["visit"] * 3, "occurred_at": [later(5), later(6), later(7, 2)]}
    )

    result = ok.measure("cohort", orders=table(log), events=visits, presence="orders:90d")

    assert [m.inputs for m in cells_of(result)][:2] == [
        {"age": 0, "cohort_size": 2, "active": 2},
        {"age": 1, "cohort_size": 2, "active": 0},
    ]


@pytest.mark.parametrize("metric", KINDS)
@pytest.mark.parametrize("by", ["week", "month"])
def test_every_cell_can_name_the_customers_it_counts(metric: str, by: str) -> None:
    result = measure(metric, worlds(Random(f"cells {metric} {by}"), 1), zone="Asia/Tokyo", by=by, presence="orders:30d")
    cells = [m for m in cells_of(result) if m.inputs["active"] is not None and m.inputs["cohort_size"]]
    chosen = Random(7).sample(cells, min(12, len(cells)))

    for cell in chosen:
        named = partial(named_in, result=result, cell=cell)
        seen, missed = result.ask(partial(named, state="seen")), result.ask(partial(named, state="not_seen"))
        assert (len(seen), len(seen) + len(missed)) == (cell.inputs["active"], cell.inputs["cohort_size"])
        assert not set(seen) & set(missed)


def named_in(measurer: Measurer, *, result: ok.Result, cell: Measurement, state: str) -> list[str]:
    """The customers of one cell of a triangle."""
    assert cell.period is not None
    age = cell.inputs["age"]
    return cohort_members(measurer, result, cohort=cell.period, age=age, state=state, segment=cell.segment)


def test_customers_are_not_named_for_an_age_nobody_has_observed() -> None:
    result = measure("cohort", worlds(Random("ages"), 1), zone="UTC", by="month", presence="orders:30d")
    first = cells_of(result)[0].period
    assert first is not None

    with pytest.raises(OkaeriError, match="Choose an age up to"):
        result.ask(lambda measurer: cohort_members(measurer, result, cohort=first, age=500))

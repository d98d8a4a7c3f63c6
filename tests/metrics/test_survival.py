"""The curve of how long customers stay, against stays joined day by day in plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar
from okaeri.base.measurement import State
from okaeri.metrics.metric import find
from tests.metrics import oracle
from tests.metrics.purchases import ZONES, Order, measure, purchase_days, table, worlds
from tests.metrics.test_retention import apart, contracts_of, people_of, random_contracts

Case = tuple[int, bool]


def first_stay(days: list[date], window: int) -> tuple[date, date]:
    """The unbroken presence that begins with the first purchase: each purchase carries it `window` days further."""
    start, end = days[0], days[0] + timedelta(days=window)
    for day in days:
        if day <= end:
            end = day + timedelta(days=window)
    return start, end


def case_of(start: date, end: date, cutoff: date) -> Case:
    """Days watched, and whether the end was seen: the last day there are facts for is the one before the cutoff."""
    seen = end < cutoff
    return ((end if seen else cutoff - timedelta(days=1)) - start).days, seen


def brute_force(cases: list[Case], day: int) -> float:
    share = Fraction(1)
    for today in range(day + 1):
        at_risk = sum(length >= today for length, _ in cases)
        share *= 1 - Fraction(sum(case == (today, True) for case in cases), at_risk) if at_risk else 1
    return float(share)


def assert_curve(result: ok.Result, truth: Mapping[str, list[Case]], *, ended: bool = False) -> None:
    for segment, cases in truth.items():
        steps = [m for m in result.measurements if m.segment == segment]
        assert steps[0].inputs["day"] == 0
        assert steps[-1].inputs["day"] == max(length for length, _ in cases)
        assert sum(m.inputs["events"] for m in steps) == sum(seen for _, seen in cases)
        for m in steps:
            still = brute_force(cases, m.inputs["day"])
            assert m.value is not None
            assert m.value == pytest.approx(1 - still if ended else still, abs=1e-12)
            assert m.inputs["at_risk"] == sum(length >= m.inputs["day"] for length, _ in cases)
            assert m.n == len(cases)
            assert m.interval and m.interval.low is not None and m.interval.high is not None
            assert m.interval.low - 1e-12 <= m.value <= m.interval.high + 1e-12


@pytest.mark.parametrize("window", [1, 30, 90])
@pytest.mark.parametrize("zone", ZONES)
def test_the_curve_of_buyers_equals_the_brute_force_one(zone: str, window: int) -> None:
    logs = worlds(Random(f"survival {zone} {window}"), 15)

    result = measure("survival", logs, zone=zone, by="all", presence=f"orders:{window}d")

    truth = {}
    for segment, log in logs.items():
        days = purchase_days(log, zone=zone, cutoff=result.cutoff)
        truth[segment] = [case_of(*first_stay(bought, window), result.cutoff) for bought in days.values()]
    assert_curve(result, truth)


@pytest.mark.parametrize("zone", ZONES)
def test_the_curve_of_subscribers_equals_the_brute_force_one(zone: str) -> None:
    """The first stay only: somebody who comes back later does not begin anew."""
    random = Random(f"contracts {zone}")
    logs = [
        apart(number, [*random_contracts(random), ("always", datetime(2023, 1, 1, tzinfo=UTC), None)])
        for number in range(15)
    ]

    result = ok.measure(
        "survival",
        subscriptions=contracts_of([row for log in logs for row in log]),
        customers=people_of(logs),
        segment="world",
        by="all",
        calendar=Calendar(zone=zone),
    )

    truth: dict[str, list[Case]] = {}
    for number, log in enumerate(logs):
        first: dict[str, oracle.Stay] = {}
        for stay in sorted(oracle.stays_of_contracts(log, zone=zone, grace_days=0), key=lambda stay: stay.start):
            first.setdefault(stay.customer, stay)
        begun = [stay for stay in first.values() if stay.start < result.cutoff]
        truth[str(number)] = [case_of(stay.start, stay.end, result.cutoff) for stay in begun]
    assert_curve(result, truth)


def test_survival_gives_the_number_its_page_prints() -> None:
    """Of four customers one stayed away after her only purchase: three quarters are left on day 30."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    log = [Order("aki", start)] + [Order(who, start + timedelta(days=20 * n)) for who in "bcd" for n in range(3)]

    result = ok.measure("survival", orders=table(log), by="all", presence="orders:30d")

    at_thirty = next(m for m in result.measurements if m.inputs["day"] == 30)
    assert (at_thirty.value, at_thirty.inputs["at_risk"]) == (find("survival").example.expect, 4)


def test_those_who_are_still_here_are_open_cases_not_losses() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    log = [Order("aki", start), Order("chiyo", start + timedelta(days=80))]

    result = ok.measure("survival", orders=table(log), by="all", presence="orders:30d")

    assert [(m.inputs["day"], m.inputs["events"], m.inputs["censored"]) for m in result.measurements] == [
        (0, 0, 1),
        (30, 1, 0),
    ]


def test_an_end_on_the_first_day_not_observed_is_not_an_end_yet() -> None:
    """Present at the cutoff itself: nobody can know yet whether this contract will go on."""
    start, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)

    result = ok.measure(
        "survival", subscriptions=contracts_of([("aki", start, end)]), by="all", cutoff=date(2024, 2, 1)
    )

    assert [m.inputs["events"] for m in result.measurements] == [0, 0]
    assert result.measurements[-1].inputs["day"] == 30


def test_a_segment_without_customers_has_no_curve_and_says_why() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    logs = {"early": [Order("early/aki", start)], "late": [Order("late/chiyo", start + timedelta(days=60))]}

    result = measure("survival", logs, by="all", cutoff=date(2024, 2, 1), presence="orders:30d")

    late = next(m for m in result.measurements if m.segment == "late")
    assert (late.value, late.state) == (None, State.UNDEFINED)
    assert str(late.reason) == "Nobody was a customer before the data ends."


def test_the_median_is_the_day_on_which_half_are_left() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    log = [Order(who, start + timedelta(days=10 * n)) for n, who in enumerate("abcd")] + [
        Order("late", start + timedelta(days=200))
    ]

    result = ok.measure("survival", orders=table(log), by="all", presence="orders:30d")

    assert {m.inputs["median"] for m in result.measurements} == {30.0}

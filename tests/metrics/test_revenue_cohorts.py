"""Cohorts of subscription money and renewals against the count by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement, State
from okaeri.base.ratios import RatioSums, kept_interval
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.metric import find
from tests.metrics.oracle import local_day
from tests.metrics.revenues import FOREVER, START, Deal, Run, level, random_deals, runs_of, table

NOW = datetime(2030, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Asia/Tokyo", "America/New_York"]


def on(month: int, day: int = 1) -> datetime:
    return datetime(2024, month, day, 12, tzinfo=UTC)


def measurer_of(deals: list[Deal], *, zone: str = "UTC", grace_days: int = 0) -> Measurer:
    measurer = facts_of({"subscriptions": table(deals)}, calendar=Calendar(zone=zone), now=NOW)
    return Measurer(measurer.engine, replace(measurer.facts, grace_days=grace_days))


def measured(metric: str, deals: list[Deal], **question: Any) -> list[Measurement]:
    return list(ok.measure(metric, subscriptions=table(deals), **question).measurements)


def first_paid(runs: list[Run], who: str, currency: str) -> date:
    return min((r.start for r in runs if (r.customer, r.currency) == (who, currency) and r.mrr), default=date.max)


@pytest.mark.parametrize("by", ["month", "quarter"])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", range(4))
def test_cohorts_equal_the_count_by_hand(seed: int, zone: str, by: str) -> None:
    random = Random(f"cohorts {seed}")
    deals = [deal for n in range(6) for deal in random_deals(random, prefix=f"{n}/")]
    runs = runs_of(deals, zone=zone, grace_days=0)

    result = measurer_of(deals, zone=zone).measure("mrr_cohort", by=by)

    cells = [m for m in result.measurements if m.period]
    periods = sorted({m.period for m in cells if m.period}, key=lambda p: p.start)
    every = Calendar(zone=zone).periods(
        periods[0].grain, first=min(r.start for r in runs), last=result.cutoff - timedelta(days=1)
    )
    observed: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for cell in cells:
        assert cell.period and cell.currency
        members = [
            who
            for who in {r.customer for r in runs}
            if cell.period.start <= first_paid(runs, who, cell.currency) < cell.period.end
        ]
        place = every.index(cell.period) + cell.inputs["age"]
        first = sums(runs, members, cell.currency, cell.period, result.cutoff)
        assert (cell.n, cell.inputs["first_mrr"]) == (len(members), pytest.approx(sum(first)))
        if place >= len(every) or not sum(first):
            assert (cell.value, cell.state) == (None, State.UNDEFINED)
            continue
        later = sums(runs, members, cell.currency, every[place], result.cutoff)
        assert cell.value == pytest.approx(sum(later) / sum(first))
        assert_interval(cell, first, later)
        if every[place].end <= result.cutoff:
            key = (cell.currency, cell.inputs["age"])
            observed.setdefault(key, []).append((sum(first), sum(later)))
    assert_means([m for m in result.measurements if m.period is None], observed)


def sums(runs: list[Run], members: list[str], currency: str, period: Period, cutoff: date) -> list[float]:
    return [float(level(runs, who, currency, min(period.end, cutoff))) for who in members]


def assert_interval(cell: Measurement, first: list[float], later: list[float]) -> None:
    if cell.inputs["age"] == 0:
        assert cell.interval is None
        return
    pairs = list(zip(first, later, strict=True))
    truth = kept_interval(
        RatioSums(
            n=len(pairs),
            x=sum(first),
            y=sum(later),
            xx=sum(a * a for a in first),
            xy=sum(a * b for a, b in pairs),
            yy=sum(b * b for b in later),
        )
    )
    assert cell.interval and cell.interval.low == pytest.approx(truth.low, abs=1e-9)
    assert cell.interval.high == pytest.approx(truth.high, abs=1e-9)


def assert_means(means: list[Measurement], observed: dict[tuple[str, int], list[tuple[float, float]]]) -> None:
    assert means
    for mean in means:
        cells = observed.get((str(mean.currency), mean.inputs["age"]), [])
        whole, left = sum(a for a, _ in cells), sum(b for _, b in cells)
        assert mean.value == (pytest.approx(left / whole) if whole else None)


def test_a_cohort_gives_the_number_its_page_prints() -> None:
    deals = [Deal(f"c{n}", on(1, 10), on(2, 9) if n < 10 else None, "50" if n < 80 else "25") for n in range(120)]
    first = {"first_mrr": 5000.0, "cohort_size": 120}

    found = measured("mrr_cohort", [*deals, Deal("later", on(3, 5), None)])

    cell = next(m for m in found if m.period and m.inputs["age"] == 1 and m.inputs["cohort_size"] == 120)
    assert find("mrr_cohort").example.inputs == {**first, "mrr": cell.inputs["mrr"]}
    assert cell.value == find("mrr_cohort").example.expect


def test_means_leave_censored_and_unfinished_cells_out() -> None:
    deals = [Deal("aki", on(1, 10), None, "10"), Deal("chiyo", on(2, 10), on(3, 3), "30"), Deal("d", on(3, 9), None)]

    found = [m for m in measured("mrr_cohort", deals) if m.period is None]

    assert [(m.inputs["age"], m.value) for m in found] == [(0, 1.0), (1, 1.0)]


def test_a_cohort_that_left_within_its_first_period_has_no_share() -> None:
    deals = [Deal("aki", on(1, 10), on(1, 20)), Deal("chiyo", on(3, 9), None)]

    cell = measured("mrr_cohort", deals)[0]

    assert (cell.value, str(cell.reason)) == (None, "All who first paid in this period had left by its end.")


def outcome(
    run: Run, renews: date | None, others: list[Run], *, cutoff: date, grace_days: int
) -> tuple[date, str] | None:
    """What became of one contract: the day it was due and its fate, as far as the data goes."""
    runs = run.end >= cutoff
    due = renews or run.end if runs else run.end
    if due == FOREVER:
        return None
    if due >= cutoff:
        return due, "undecided"
    if runs:
        return due, "renewed"
    after = [r for r in others if r is not run and r.customer == run.customer and r.start < cutoff]
    if any(run.end <= r.start <= run.end + timedelta(days=grace_days) for r in after):
        return due, "renewed"
    return due, "in_grace" if run.end + timedelta(days=grace_days) >= cutoff else "ended"


@pytest.mark.parametrize("cutoff", [None, START.date() + timedelta(days=200)])
@pytest.mark.parametrize("grace_days", [0, 5])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", range(3))
def test_renewals_equal_the_count_by_hand(seed: int, zone: str, grace_days: int, cutoff: date | None) -> None:
    random = Random(f"renewals {seed} {zone}")
    deals = [
        replace(d, renews=None if random.random() < 0.3 else START + timedelta(days=random.randrange(500)))
        for n in range(4)
        for d in random_deals(random, prefix=f"{n}/")
    ]
    measurer = measurer_of(deals, zone=zone, grace_days=grace_days)

    result = measurer.measure("renewals", cutoff=cutoff)

    lasting = [d for d in deals if not d.end or local_day(d.end, zone) > local_day(d.start, zone)]
    plain = [
        Run(d.customer, "", Decimal(1), local_day(d.start, zone), local_day(d.end, zone) if d.end else FOREVER)
        for d in lasting
    ]
    fates = [
        outcome(
            run, local_day(d.renews, zone) if d.renews else None, plain, cutoff=result.cutoff, grace_days=grace_days
        )
        for run, d in zip(plain, lasting, strict=True)
        if run.start < result.cutoff
    ]
    for found in result.measurements:
        assert found.period
        inside = [f[1] for f in fates if f and found.period.start <= f[0] < found.period.end]
        expected = {name: inside.count(name) for name in ("renewed", "ended", "in_grace", "undecided")}
        expected["contracts_due"] = len(inside)
        through = [
            f
            for run, f in zip([r for r in plain if r.start < result.cutoff], fates, strict=True)
            if run.start < found.period.start and run.end >= min(found.period.end, result.cutoff)
        ]
        expected["ran_through"] = sum(f is None or not found.period.start <= f[0] < found.period.end for f in through)
        assert found.inputs == expected, found.period


def test_an_end_after_the_cutoff_does_not_undo_a_renewal_before_it() -> None:
    deals = [Deal("aki", on(1, 5), on(4, 20), renews=on(3, 10)), Deal("chiyo", on(5, 1), None)]

    before, after = (measured("renewals", deals, cutoff=day)[2].inputs for day in (date(2024, 4, 1), date(2024, 5, 2)))

    assert (before["contracts_due"], before["renewed"]) == (1, 1)
    assert after["contracts_due"] == 0


def test_renewals_give_the_number_their_page_prints() -> None:
    ended = [Deal(f"e{n}", on(1, 10), on(3, 1)) for n in range(18)]
    renewed = [Deal(f"r{n}", on(1, 10), on(3, 1)) for n in range(72)] + [
        Deal(f"r{n}", on(3, 1), on(3, 9)) for n in range(72)
    ]
    late = [Deal(f"g{n}", on(1, 10), on(3, 8)) for n in range(4)]
    open_ = [Deal(f"u{n}", on(1, 10), None, renews=on(3, 20)) for n in range(6)]
    measurer = measurer_of([*ended, *renewed, *late, *open_, Deal("d", on(3, 10), None)], grace_days=3)
    example = find("renewals").example

    found = measurer.measure("renewals", start=date(2024, 3, 1)).measurements[0]

    # the second contracts of the renewed ended on the 9th, and their days of grace are not over
    assert found.inputs == {**example.inputs, "contracts_due": 172, "in_grace": 76}
    assert found.value == example.expect
    assert found.interval == wilson(72, 90)


def test_one_successor_renews_two_contracts_and_counts_neither_twice() -> None:
    """A join that can fan out: two contracts that end on one day, and two that begin on it."""
    deals = [Deal("aki", on(1, 5), on(2, 10))] * 2 + [Deal("aki", on(2, 10), None)] * 2

    found = measured("renewals", [*deals, Deal("chiyo", on(3, 9), None)])[1]

    assert (found.inputs["contracts_due"], found.inputs["renewed"]) == (2, 2)


def test_a_contract_that_ran_beside_the_ended_one_does_not_renew_it() -> None:
    deals = [Deal("aki", on(1, 5), on(2, 10)), Deal("aki", on(1, 6), None), Deal("chiyo", on(3, 9), None)]

    found = measured("renewals", deals)[1]

    assert (found.inputs["renewed"], found.inputs["ended"], found.inputs["ran_through"]) == (0, 1, 1)


def test_endings_alone_are_no_renewal_rate_of_zero() -> None:
    """Contracts that renew by moving a date show only their endings; the rate is then a range and not 0."""
    deals = [Deal("aki", on(1, 5), on(2, 10)), *(Deal(f"c{n}", on(1, 6), None, renews=on(4, 6)) for n in range(9))]

    found = measured("renewals", [*deals, Deal("chiyo", on(3, 9), None)])[1]

    assert (found.value, found.state) == (None, State.UNDEFINED)
    assert found.interval and (found.interval.low, found.interval.high) == (0.0, wilson(9, 10).high)
    assert "without leaving a trace" in str(found.reason)

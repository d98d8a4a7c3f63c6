"""Subscription revenue against the count by hand, its worked examples and its laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import okaeri as ok
from okaeri.base.calendar import Calendar
from okaeri.base.measurement import Measurement, State
from okaeri.base.ratios import kept_interval
from okaeri.facts.rules import Rules
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.metric import find
from okaeri.metrics.result import MetricResult
from okaeri.metrics.revenue.movements import kept_sums, net_sums
from tests.metrics.revenues import Deal, level, movements, random_deals, runs_of, table

NOW = datetime(2030, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Asia/Tokyo", "America/New_York", "Etc/GMT-14"]
RATES = ("grr", "nrr", "nrr_with_reactivation", "mrr_churn_rate")


def on(month: int, day: int = 1) -> datetime:
    return datetime(2024, month, day, 12, tzinfo=UTC)


def measurer_of(
    deals: list[Deal], *, zone: str = "UTC", grace_days: int = 0, rules: Rules | None = None, **tables: Any
) -> Measurer:
    measurer = facts_of({"subscriptions": table(deals), **tables}, calendar=Calendar(zone=zone), now=NOW)
    return Measurer(measurer.engine, replace(measurer.facts, grace_days=grace_days, rules=rules or Rules()))


def measured(metric: str, deals: list[Deal], **question: Any) -> list[Measurement]:
    return list(ok.measure(metric, subscriptions=table(deals), **question).measurements)


def worlds(random: Random, count: int) -> tuple[list[list[Deal]], pa.Table]:
    """Random worlds whose customers are apart, and the customers with the world as an attribute."""
    logs = [random_deals(random, prefix=f"{number}/") for number in range(count)]
    who = sorted({deal.customer for log in logs for deal in log})
    return logs, pa.table({"customer_id": who, "world": [name.split("/")[0] for name in who]})


def exact(found: Measurement, name: str) -> Decimal:
    return Decimal(repr(float(found.inputs[name])))


@pytest.mark.parametrize("grace_days", [0, 3, 10])
@pytest.mark.parametrize("by", ["week", "month", "quarter"])
@pytest.mark.parametrize("zone", ZONES)
def test_movements_equal_the_count_by_hand(zone: str, by: str, grace_days: int) -> None:
    """Twelve random worlds at a time, each a segment: more than four hundred in all."""
    logs, customers = worlds(Random(f"money {zone} {by} {grace_days}"), 12)
    measurer = measurer_of([d for log in logs for d in log], zone=zone, grace_days=grace_days, customers=customers)

    result = measurer.measure("mrr_movements", by=by, segment="world")

    truth = {str(n): runs_of(log, zone=zone, grace_days=grace_days) for n, log in enumerate(logs)}
    seen = 0
    for found in result.measurements:
        if found.period and found.currency:
            end = min(found.period.end, result.cutoff)
            expected = movements(truth[str(found.segment)], found.currency, start=found.period.start, end=end)
            assert {name: exact(found, name) for name in expected} == expected, (found.period, found.segment)
            seen += 1
    assert seen > 60


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), by=st.sampled_from(["day", "week", "month", "year", "all"]))
def test_what_moved_ties_opening_to_closing_in_every_period_segment_and_currency(seed: int, by: str) -> None:
    logs, customers = worlds(Random(seed), 3)

    result = measurer_of([d for log in logs for d in log], customers=customers).measure(
        "mrr_movements", by=by, segment="world"
    )

    before: dict[tuple[Any, Any], Decimal] = {}
    for found in result.measurements:
        gains = sum(exact(found, name) for name in ("opening", "new_mrr", "expansion", "reactivation"))
        assert gains - exact(found, "contraction") - exact(found, "churned") == exact(found, "closing")
        line = (found.segment, found.currency)
        assert before.get(line, exact(found, "opening")) == exact(found, "opening")
        before[line] = exact(found, "closing")


@pytest.mark.parametrize("zone", ZONES)
def test_the_level_is_the_sum_over_customers(zone: str) -> None:
    logs, customers = worlds(Random(f"level {zone}"), 8)

    result = measurer_of([d for log in logs for d in log], zone=zone, customers=customers).measure(
        "mrr", segment="world", by="week"
    )

    for found in result.measurements:
        if found.period and found.currency:
            runs = runs_of(logs[int(str(found.segment))], zone=zone, grace_days=0)
            day = min(found.period.end, result.cutoff)
            truth = sum((level(runs, who, found.currency, day) for who in {r.customer for r in runs}), Decimal(0))
            assert exact(found, "closing") == truth
            if found.value is not None:
                assert Decimal(repr(found.value)) == truth


@pytest.mark.parametrize("seed", range(6))
def test_segments_add_up_to_everybody(seed: int) -> None:
    logs, customers = worlds(Random(seed), 5)
    measurer = measurer_of([d for log in logs for d in log], customers=customers)

    whole, parts = measurer.measure("mrr_movements"), measurer.measure("mrr_movements", segment="world")

    for name in ("opening", "new_mrr", "expansion", "reactivation", "contraction", "churned", "closing"):
        for found in whole.measurements:
            same = [m for m in parts.measurements if (m.period, m.currency) == (found.period, found.currency)]
            assert sum(exact(m, name) for m in same) == exact(found, name)


@pytest.mark.parametrize("seed", range(6))
def test_interval_sums_are_those_of_customers(seed: int) -> None:
    """The sums behind the intervals come from steps alone; here they are added up over customers one by one."""
    deals = [replace(d, currency="EUR") for d in random_deals(Random(seed))]
    runs = runs_of(deals, zone="UTC", grace_days=0)

    for metric, sums, gross in (("grr", kept_sums, True), ("nrr", net_sums, False)):
        result = measurer_of(deals).measure(metric)
        for found in result.measurements:
            assert found.period
            end = min(found.period.end, result.cutoff)
            people = sorted({r.customer for r in runs})
            x = [float(level(runs, who, "EUR", found.period.start)) for who in people]
            y = [float(level(runs, who, "EUR", end)) if a else 0.0 for who, a in zip(people, x, strict=True)]
            y = [min(a, b) for a, b in zip(x, y, strict=True)] if gross else y
            if found.value is None:
                assert not any(x)
                continue
            row = {"opening": sum(x), "paying_start": sum(a > 0 for a in x), "churned": sum(x) - sum(y)}
            row |= {"opening_squares": sum(a * a for a in x)}
            prefix = "kept" if gross else "net"
            row |= {f"{prefix}_products": sum(a * b for a, b in zip(x, y, strict=True))}
            row |= {f"{prefix}_squares": sum(b * b for b in y)}
            truth = kept_interval(sums(row), most=1.0 if gross else None)
            assert found.value == pytest.approx(sum(y) / sum(x))
            assert found.interval and found.interval.low == pytest.approx(truth.low, abs=1e-9)
            assert found.interval.high == pytest.approx(truth.high, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_rates_keep_their_laws(seed: int) -> None:
    """Gross is never above net, strict net never above the one with returns, and what is lost is what is not kept."""
    measurer = measurer_of(random_deals(Random(seed)))

    found = {name: measurer.measure(name).measurements for name in RATES}

    for grr, nrr, returns, churn in zip(*(found[name] for name in RATES), strict=True):
        if grr.value is None:
            assert (nrr.value, returns.value, churn.value) == (None, None, None)
            continue
        assert nrr.value is not None and returns.value is not None and churn.value is not None
        assert 0 <= grr.value <= 1 and grr.value <= nrr.value + 1e-12 and nrr.value <= returns.value + 1e-12
        assert grr.value + churn.value == pytest.approx(1.0)
        assert churn.interval and grr.interval and grr.interval.low is not None
        assert churn.interval.high == pytest.approx(1 - grr.interval.low)


def book_of_examples() -> list[Deal]:
    """5,000 a month at the start of February; then 700 new, 200 more, 100 back, 150 less and 450 gone."""
    january, february = on(1, 10), on(2, 10)
    kept = [Deal(f"kept{n}", january, None, "350") for n in range(12)]
    changed = [Deal("more", january, february, "100"), Deal("more", february, None, "300")]
    changed += [Deal("less", january, february, "250"), Deal("less", february, None, "100")]
    gone = [Deal("gone", january, february, "450")]
    back = [Deal("back", on(1, 3), on(1, 20), "100"), Deal("back", february, None, "100")]
    won = [Deal(f"won{n}", february, None, "350") for n in range(2)]
    later = [Deal("later", on(3, 5), None, "1")]
    return [*kept, *changed, *gone, *back, *won, *later]


@pytest.mark.parametrize("metric", ["mrr", "mrr_movements", *RATES])
def test_a_metric_gives_the_number_its_page_prints(metric: str) -> None:
    found = measured(metric, book_of_examples())[1]

    example = find(metric).example
    money = {name: value for name, value in example.inputs.items() if name != "paying_end"}
    assert {name: found.inputs[name] for name in money} == money
    assert found.value == pytest.approx(example.expect)


def test_the_quick_ratio_gives_the_number_its_page_prints() -> None:
    deals = [replace(d, mrr="150") if d == Deal("less", on(2, 10), None, "100") else d for d in book_of_examples()]
    deals = [replace(d, mrr="200") if d == Deal("less", on(1, 10), on(2, 10), "250") else d for d in deals]

    found = measured("quick_ratio", deals)[1]

    example = find("quick_ratio").example
    assert {name: found.inputs[name] for name in example.inputs} == example.inputs
    assert found.value == pytest.approx(example.expect)


def test_arpa_gives_the_number_its_page_prints() -> None:
    deals = [Deal(f"c{n}", on(1, 10), None, "40" if n % 2 else "50") for n in range(120)]

    found = measured("arpa", [*deals, Deal("later", on(2, 5), None)])[0]

    assert found.inputs == find("arpa").example.inputs
    assert found.value == find("arpa").example.expect
    assert found.interval and found.interval.low == pytest.approx(
        45 - 1.9801 * 5 * (120 / 119) ** 0.5 / 120**0.5, rel=1e-4
    )


def test_the_quick_ratio_without_losses_is_more_than_a_bound() -> None:
    deals = [Deal(f"c{n}", on(1, 10), None, "50") for n in range(40)] + [Deal("won", on(2, 5), None, "200")]

    found = measured("quick_ratio", [*deals, Deal("later", on(3, 5), None)])[1]

    assert (found.value, found.state) == (None, State.UNDEFINED)
    assert found.interval and found.interval.low and found.interval.low > 0 and found.interval.high is None


@pytest.mark.parametrize("seed", range(6))
def test_a_quick_ratio_above_one_is_growth(seed: int) -> None:
    measurer = measurer_of(random_deals(Random(seed)))

    moved, ratio = (measurer.measure(name).measurements for name in ("mrr_movements", "quick_ratio"))

    for change, found in zip(moved, ratio, strict=True):
        if found.value is not None and change.value is not None:
            assert (found.value > 1 + 1e-12) == (change.value > 1e-9)


def test_a_change_of_plan_on_the_day_is_growth_and_no_churn() -> None:
    deals = [Deal("aki", on(1, 5), on(2, 10), "10"), Deal("aki", on(2, 10), None, "25"), Deal("chiyo", on(3, 9), None)]

    found = measured("mrr_movements", deals)[1]

    assert (found.inputs["expansion"], found.inputs["churned"], found.inputs["new_mrr"]) == (15.0, 0.0, 0.0)


def test_two_contracts_of_one_customer_add_up_and_ending_one_is_contraction() -> None:
    deals = [Deal("aki", on(1, 5), None, "10"), Deal("aki", on(1, 8), on(2, 3), "5"), Deal("chiyo", on(3, 9), None)]

    january, february = measured("mrr_movements", deals)[:2]

    assert (january.inputs["new_mrr"], january.inputs["new_customers"]) == (15.0, 1)
    assert (february.inputs["contraction"], february.inputs["churned"]) == (5.0, 0.0)


def test_a_customer_with_two_currencies_stands_in_both_and_nothing_is_added() -> None:
    deals = [Deal("aki", on(1, 5), None, "10", "EUR"), Deal("aki", on(1, 5), None, "900", "KRW")]

    found = measured("mrr", [*deals, Deal("chiyo", on(3, 9), None)])[:2]

    assert [(m.currency, m.value, m.n) for m in found] == [("EUR", 10.0, 1), ("KRW", 900.0, 1)]


def test_a_contract_without_an_amount_is_left_out_and_counted() -> None:
    deals = [Deal("aki", on(1, 5), None, "10"), Deal("aki", on(1, 6), None, None), Deal("chiyo", on(1, 7), None, None)]

    found = measured("mrr", [*deals, Deal("d", on(3, 9), None)])[0]

    assert (found.value, found.n, found.inputs["without_mrr"]) == (10.0, 1, 2)


def test_when_no_amount_is_known_there_is_no_figure() -> None:
    found = measured("mrr", [Deal("aki", on(1, 5), None, None), Deal("chiyo", on(3, 9), None, None)])[0]

    assert (found.value, found.state, found.inputs["without_mrr"]) == (None, State.UNDEFINED, 1)


def test_a_free_contract_is_zero_and_its_customer_pays_nothing() -> None:
    found = measured("mrr", [Deal("aki", on(1, 5), None, "0"), Deal("chiyo", on(3, 9), None, "0")])[0]

    assert (found.value, found.n) == (0.0, 0)


def test_who_came_and_went_moves_nothing_and_is_no_new_customer_later() -> None:
    deals = [Deal("aki", on(1, 3), on(1, 20)), Deal("aki", on(2, 5), None), Deal("chiyo", on(3, 9), None)]

    january, february = measured("mrr_movements", deals)[:2]

    assert january.value == 0.0
    assert (february.inputs["new_mrr"], february.inputs["reactivation"]) == (0.0, 10.0)


def test_an_end_at_exactly_a_periods_start_belongs_to_that_period() -> None:
    midnight = datetime(2024, 2, 1, tzinfo=UTC)

    january, february = measured("mrr_movements", [Deal("aki", on(1, 3), midnight), Deal("d", on(3, 9), None)])[:2]

    assert (january.inputs["closing"], february.inputs["churned"]) == (10.0, 10.0)


def test_an_end_already_known_for_later_is_not_lost_yet() -> None:
    deals = [Deal("aki", on(1, 3), datetime(2031, 1, 1, tzinfo=UTC)), Deal("d", on(3, 9), None)]

    last = measured("mrr_movements", deals)[-1]

    assert (last.inputs["closing"], last.inputs["churned"]) == (20.0, 0.0)


def test_days_of_grace_bridge_a_gap_in_money_as_in_presence() -> None:
    deals = [Deal("aki", on(1, 5), on(1, 30)), Deal("aki", on(2, 4), None), Deal("chiyo", on(3, 9), None)]
    strict, kind = measurer_of(deals), measurer_of(deals, grace_days=7)

    lost, kept = (m.measure("mrr_movements").measurements[0].inputs["closing"] for m in (strict, kind))

    assert (lost, kept) == (0.0, 10.0)
    assert [m.measure("churn").measurements[0].inputs["ce"] for m in (strict, kind)] == [0, 1]


def test_equal_contracts_with_one_gap_after_them_are_bridged_once_each() -> None:
    """A join on the day of an end: two contracts that end together must not fetch the bridge twice."""
    twice = [Deal("aki", on(1, 5), on(1, 30)), Deal("aki", on(1, 5), on(1, 30))]
    measurer = measurer_of([*twice, Deal("aki", on(2, 4), None), Deal("chiyo", on(3, 9), None)], grace_days=7)

    found = measurer.measure("mrr_movements").measurements[0]

    assert found.inputs["closing"] == 20.0


def test_the_workspaces_currency_stands_for_an_empty_one() -> None:
    measurer = measurer_of([Deal("aki", on(1, 5), None, "10", ""), Deal("chiyo", on(3, 9), None, "5", "JPY")])
    named = Measurer(measurer.engine, replace(measurer.facts, currency="JPY"))

    assert {m.currency for m in named.measure("mrr").measurements} == {"JPY"}


def test_money_of_contracts_is_measured_beside_a_rule_on_orders() -> None:
    orders = pa.table({"customer_id": ["aki"], "ordered_at": [on(1, 2)], "amount": [5.0]})
    measurer = measurer_of([Deal("aki", on(1, 5), None)], orders=orders)
    orderly = Measurer(measurer.engine, replace(measurer.facts, presence="orders:90d"))

    result: MetricResult = orderly.measure("mrr")

    assert (result.presence.code, result.measurements[0].value) == ("subscriptions", 10.0)


def test_nobody_paid_at_the_start_is_undefined_with_the_reason() -> None:
    for metric in (*RATES, "ltv_subscription"):
        found = measured(metric, [Deal("aki", on(1, 5), None)])[0]

        assert (found.value, str(found.reason)) == (None, "Nobody paid anything at the start of the period.")


def test_nothing_known_of_a_period_still_to_come() -> None:
    found = measured("mrr", [Deal("aki", on(1, 5), None)], start=date(2024, 1, 1), end=date(2024, 3, 1))

    assert [m.state for m in found] == [State.PARTIAL, State.UNDEFINED]
    assert found[0].cutoff - timedelta(days=1) == date(2024, 1, 5)

"""Value against sums by hand, currency by currency, and the worked example to its last digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import mean, stdev
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Period
from okaeri.base.intervals import t_bounds, t_mean
from okaeri.base.measurement import Measurement, State
from okaeri.metrics.buying.value import clv_figure
from okaeri.metrics.metric import find
from tests.metrics.purchases import ZONES, Order, measure, purchase_days, seen, table, worlds

START = datetime(2019, 1, 1, 12, tzinfo=UTC)
RATIOS = {"apv": ("revenue", "orders"), "apf": ("orders", "customers"), "customer_value": ("revenue", "customers")}
T_975 = {1: 12.7062, 2: 4.30265, 3: 3.18245, 4: 2.77645, 5: 2.57058, 6: 2.44691}


def worked_example() -> list[Order]:
    """400 orders of 50 by 180 customers; from first to last order 1,826 days for 135 of them and 1,827 for 45."""
    log = []
    for n in range(180):
        last = START + timedelta(days=1826 if n < 135 else 1827)
        log += [Order(f"c{n}", START, 50.0), Order(f"c{n}", last, 50.0)]
    return log + [Order(f"c{n}", START + timedelta(days=n), 50.0) for n in range(40)]


def people(
    log: list[Order], *, zone: str, period: Period, cutoff: date, currency: str | None
) -> dict[str, list[float]]:
    """Per customer [revenue, orders, 1 if bought] in a period and a currency; all who had money move are there."""
    units: dict[str, list[float]] = {}
    for found in seen(log, zone=zone, cutoff=cutoff, currency=currency):
        if period.start <= found.day < period.end:
            unit = units.setdefault(found.order.customer, [0.0, 0.0, 0.0])
            unit[0] += found.order.amount
            unit[1] += found.order.purchase
            unit[2] = float(unit[1] > 0)
    return {customer: unit for customer, unit in units.items() if unit[0] or unit[1]}


def assert_ratio(found: Measurement, units: list[list[float]], metric: str) -> None:
    top, base = ((0, 1), (1, 2), (0, 2))[list(RATIOS).index(metric)]
    total, whole = sum(unit[top] for unit in units), sum(unit[base] for unit in units)
    assert found.inputs["customers"] == sum(unit[2] for unit in units)
    assert found.value == (pytest.approx(total / whole) if whole else None)
    if found.value is None or len(units) - 1 not in T_975:
        return
    spread = sum((unit[top] - found.value * unit[base]) ** 2 for unit in units)
    error = (spread * len(units) / (len(units) - 1)) ** 0.5 / whole
    assert found.interval and found.interval.high is not None
    assert found.interval.high - found.value == pytest.approx(T_975[len(units) - 1] * error, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("metric", RATIOS)
@pytest.mark.parametrize("by", ["week", "month", "year", "all"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_ratio_and_its_interval_equal_the_sums_by_hand(metric: str, by: str, zone: str) -> None:
    logs = worlds(Random(f"{metric} {by} {zone}"), 10)

    result = measure(metric, logs, zone=zone, by=by, presence="orders:30d")

    for found in result.measurements:
        assert found.period
        units = people(
            logs[str(found.segment)], zone=zone, period=found.period, cutoff=result.cutoff, currency=found.currency
        )
        assert_ratio(found, list(units.values()), metric)


@pytest.mark.parametrize("metric", ["apv", "customer_value", "clv_historical"])
def test_every_currency_that_was_spent_has_a_figure_of_its_own(metric: str) -> None:
    logs = worlds(Random(f"currencies {metric}"), 10)

    result = measure(metric, logs, by="month", presence="orders:30d")

    for segment, log in logs.items():
        for period in {m.period for m in result.measurements if m.period}:
            spent = {
                currency
                for currency in ("JPY", "KRW")
                if people(log, zone="UTC", period=period, cutoff=result.cutoff, currency=currency)
            }
            shown: list[str | None] = [
                m.currency for m in result.measurements if m.segment == segment and m.period == period
            ]
            assert shown == ([*sorted(spent)] if spent else [None])


@pytest.mark.parametrize("by", ["month", "year", "all"])
@pytest.mark.parametrize("zone", ZONES)
def test_lifespan_equals_the_mean_of_the_days_by_hand(by: str, zone: str) -> None:
    """As of each period's end, with every order before it: also those before the first period shown."""
    logs = worlds(Random(f"lifespan {by} {zone}"), 8)

    result = measure("lifespan", logs, zone=zone, by=by, start=date(2023, 5, 1), presence="orders:30d")

    for found in result.measurements:
        assert found.period
        until = min(found.period.end, result.cutoff)
        days = purchase_days(logs[str(found.segment)], zone=zone, cutoff=until)
        lives = [(bought[-1] - bought[0]).days / 365.25 for bought in days.values() if len(bought) > 1]
        assert found.n == len(lives)
        assert found.value == (pytest.approx(mean(lives)) if lives else None)
        if len(lives) > 1:
            by_hand = t_mean(lives)
            assert found.interval and by_hand.low is not None
            assert found.interval.high == pytest.approx(by_hand.high, abs=1e-7)
            assert found.interval.low == pytest.approx(max(by_hand.low, 0), abs=1e-7)


@pytest.mark.parametrize("zone", ZONES)
def test_historical_clv_is_the_product_of_its_parts_and_its_interval_bounds_theirs(zone: str) -> None:
    logs = worlds(Random(f"clv_historical {zone}"), 10)

    clv, worth, life = (
        measure(m, logs, zone=zone, by="month", presence="orders:30d")
        for m in ("clv_historical", "customer_value", "lifespan")
    )

    lives = {(m.segment, m.period): m for m in life.measurements}
    for found, value in zip(clv.measurements, worth.measurements, strict=True):
        years = lives[found.segment, found.period].value
        if value.value is None or years is None:
            assert (found.value, found.state) == (None, State.UNDEFINED)
            continue
        assert found.value == pytest.approx(value.value * years)
        assert found.inputs["lifespan"] == pytest.approx(years)


def test_the_worked_example_comes_out_to_full_precision() -> None:
    """20,000 / 400 = 50; 400 / 180 = 2.2222…; 111.11…; × 5 years = 555.56: rounding on the way would give 555."""
    log = table(worked_example())

    apv, apf, customer_value, lifespan, clv_historical = (
        ok.measure(m, orders=log, by="all").measurements[0]
        for m in ("apv", "apf", "customer_value", "lifespan", "clv_historical")
    )

    assert apv.inputs == {"revenue": 20_000.0, "orders": 400, "customers": 180}
    assert (apv.value, lifespan.value) == (50.0, 5.0)
    assert apf.value == 400 / 180
    assert customer_value.value == 20_000 / 180
    assert clv_historical.value == pytest.approx(555.5555555555555, rel=1e-14)
    for found in (apv, apf, customer_value, lifespan, clv_historical):
        assert found.value == pytest.approx(find(found.metric).example.expect, rel=1e-14)


def test_the_interval_of_the_product_adds_both_errors_in_full() -> None:
    """Two customers of 10 and 30, two years apart and none: every number can be redone by hand."""
    log = [Order("aki", START, 4.0), Order("aki", START + timedelta(days=731), 6.0)]
    log += [Order("chiyo", START, 10.0), Order("chiyo", START, 20.0)]

    found = ok.measure("clv_historical", orders=table(log), by="all").measurements[0]

    worth, years = [10.0, 30.0], [731 / 365.25, 0.0]
    error = stdev(worth) / 2**0.5 * mean(years) + mean(worth) * stdev(years) / 2**0.5
    assert found.value == pytest.approx(20 * mean(years))
    assert found.interval and found.interval.high == pytest.approx(20 * mean(years) + T_975[1] * error, rel=1e-4)


@pytest.mark.parametrize("scale", [0.01, 1000.0])
def test_customer_value_is_purchase_value_times_frequency_at_any_scale(scale: float) -> None:
    logs = worlds(Random(f"scale {scale}"), 100)
    scaled = {name: [replace(o, amount=o.amount * scale) for o in log] for name, log in logs.items()}

    figures = [measure(m, logs, by="quarter", presence="orders:30d").measurements for m in RATIOS]
    grown = measure("customer_value", scaled, by="quarter", presence="orders:30d").measurements

    defined = [row for row in zip(*figures, grown, strict=True) if row[0].value is not None]
    assert len(defined) > 300
    for apv, apf, worth, larger in defined:
        assert apv.value is not None and apf.value is not None and worth.value is not None
        assert worth.value == pytest.approx(apv.value * apf.value)
        assert larger.value == pytest.approx(worth.value * scale)


def test_browsing_and_two_currencies_a_day_do_not_change_what_an_order_brings() -> None:
    """Customer-days fan out by currency and by browsing; money and orders do not."""
    log = [Order("aki", START, 10.0), Order("aki", START, 900.0, "KRW"), Order("chiyo", START, 30.0)]
    visits = pa.table({"customer_id": ["aki", "d"], "name": ["visit"] * 2, "occurred_at": [START] * 2})

    found = ok.measure("apv", orders=table(log), events=visits, by="all").measurements

    assert [(m.currency, m.value, m.inputs["customers"]) for m in found] == [("JPY", 20.0, 2), ("KRW", 900.0, 1)]


def test_a_return_lowers_revenue_but_is_no_order_and_makes_no_buyer() -> None:
    log = [Order("aki", START, 100.0), Order("aki", START, -30.0), Order("d", START, -10.0)]

    found = ok.measure("apv", orders=table(log), by="all").measurements[0]

    assert found.inputs == {"revenue": 60.0, "orders": 1, "customers": 1}
    assert found.value == 60.0


def test_returns_without_a_purchase_are_undefined_and_say_so() -> None:
    log = [Order("aki", START, 100.0), Order("aki", START + timedelta(days=40), -30.0)]
    log.append(Order("chiyo", START + timedelta(days=70), 10.0))

    february = ok.measure("apv", orders=table(log), by="month").measurements[1]

    assert (february.value, february.state) == (None, State.UNDEFINED)
    assert str(february.reason) == "There were returns in the period, but no purchase."
    assert february.inputs["revenue"] == -30.0


def test_a_period_without_buyers_is_undefined_not_zero() -> None:
    log = [Order("aki", START, 100.0), Order("aki", START + timedelta(days=70), 10.0)]

    february = ok.measure("customer_value", orders=table(log), by="month").measurements[1]

    assert (february.value, february.state, str(february.reason)) == (
        None,
        State.UNDEFINED,
        "Nobody bought in the period.",
    )


def test_without_a_repeat_buyer_there_is_no_lifespan_and_no_clv() -> None:
    log = table([Order("aki", START, 100.0), Order("chiyo", START, 10.0)])

    for metric in ("lifespan", "clv_historical"):
        found = ok.measure(metric, orders=log, by="all").measurements[0]

        assert (found.value, found.state) == (None, State.UNDEFINED)
        assert str(found.reason) == "Nobody has bought twice yet, so there is no lifespan to measure."


def test_the_interval_of_clv_holds_the_truth_at_least_as_often_as_it_says() -> None:
    """Value and lifespan grow together here, which is what the conservative product is for."""
    rng = np.random.default_rng(5)

    def crowd(n: int) -> tuple[Any, Any, Any]:
        days = rng.exponential(400, n)
        orders = 1 + rng.poisson(days / 200)
        return orders, rng.gamma(2, 20, n) * orders, np.where(orders >= 2, days, 0.0)

    orders, spent, days = crowd(400_000)
    truth = spent.mean() * days[orders >= 2].mean() / 365.25
    held = []
    for _ in range(600):
        orders, spent, days = crowd(60)
        again = orders >= 2
        row = {
            **{"buyers": 60, "units": 60, "orders": orders.sum(), "revenue": spent.sum(), "buyer_revenue": spent.sum()},
            **{"revenue_squares": (spent**2).sum(), "repeaters": int(again.sum())},
            **{"days": days[again].sum(), "squares": (days[again] ** 2).sum()},
        }
        figure = clv_figure(find("clv_historical"), row)
        assert figure.value is not None
        low, high = t_bounds([figure.value], [figure.error], [figure.units])
        held.append(low[0] <= truth <= high[0])

    assert np.mean(held) >= 0.94

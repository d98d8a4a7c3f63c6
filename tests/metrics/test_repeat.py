"""Repeat purchase against a count by hand."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.intervals import wilson
from okaeri.base.measurement import State
from okaeri.metrics.metric import find
from tests.metrics.purchases import ZONES, Order, measure, purchase_days, table, worlds
from tests.metrics.test_survival import Case, assert_curve

START = datetime(2024, 1, 1, 12, tzinfo=UTC)


def orders_of(customers: int, *, each: int, name: str) -> list[Order]:
    return [Order(f"{name}{n}", START + timedelta(days=k)) for n in range(customers) for k in range(each)]


@pytest.mark.parametrize("by", ["day", "week", "month", "quarter", "year", "all"])
@pytest.mark.parametrize("zone", ZONES)
def test_repeat_rate_and_ratio_equal_the_count_by_hand(by: str, zone: str) -> None:
    logs = worlds(Random(f"repeat {by} {zone}"), 10)

    rates, ratios = (
        measure(m, logs, zone=zone, by=by, presence="orders:30d") for m in ("repeat_rate", "repeat_to_one_time")
    )

    for rate, ratio in zip(rates.measurements, ratios.measurements, strict=True):
        assert rate.period and rate.inputs == ratio.inputs
        days = purchase_days(logs[str(rate.segment)], zone=zone, cutoff=rates.cutoff)
        bought = [sum(rate.period.start <= day < rate.period.end for day in mine) for mine in days.values()]
        one, more = sum(n == 1 for n in bought), sum(n >= 2 for n in bought)
        assert rate.inputs == {"one_time": one, "repeat": more, "customers": one + more}
        assert rate.value == (more / (one + more) if one + more else None)
        assert ratio.value == (more / one if one else None)
        assert rate.interval == (wilson(more, one + more) if one + more else None)


@pytest.mark.parametrize("metric", ["repeat_rate", "repeat_to_one_time"])
def test_repeat_gives_the_number_its_page_prints(metric: str) -> None:
    log = (
        orders_of(135, each=1, name="once") + orders_of(30, each=2, name="twice") + orders_of(15, each=5, name="often")
    )

    found = ok.measure(metric, orders=table(log), by="all").measurements[0]

    assert found.inputs == {"one_time": 135, "repeat": 45, "customers": 180}
    assert found.value == pytest.approx(find(metric).example.expect, rel=1e-15)


def test_the_ratio_is_the_odds_of_the_rate() -> None:
    logs = worlds(Random("odds"), 150)

    rates, ratios = (
        measure(m, logs, by="quarter", presence="orders:30d") for m in ("repeat_rate", "repeat_to_one_time")
    )

    defined = [pair for pair in zip(rates.measurements, ratios.measurements, strict=True) if pair[1].value is not None]
    assert len(defined) > 400
    for rate, ratio in defined:
        assert rate.value is not None and ratio.value == pytest.approx(rate.value / (1 - rate.value))
        assert ratio.interval and rate.interval and rate.interval.low is not None
        assert ratio.interval.low == pytest.approx(rate.interval.low / (1 - rate.interval.low))


def test_a_period_nobody_bought_in_is_undefined_with_the_reason() -> None:
    log = [Order("aki", START), Order("aki", START + timedelta(days=80))]

    february = ok.measure("repeat_rate", orders=table(log)).measurements[1]

    assert (february.value, february.state, str(february.reason)) == (
        None,
        State.UNDEFINED,
        "Nobody bought in the period.",
    )


def test_a_ratio_without_one_time_buyers_is_more_than_a_bound_not_infinite() -> None:
    found = ok.measure("repeat_to_one_time", orders=table(orders_of(8, each=2, name="c")), by="all").measurements[0]

    assert (found.value, found.state) == (None, State.UNDEFINED)
    assert found.interval and found.interval.low is not None and found.interval.low > 1
    assert found.interval.high is None


def test_buying_in_two_currencies_makes_one_repeat_customer_of_one_person() -> None:
    """Customer-days fan out by currency; a person with one order in each has bought twice."""
    log = [
        Order("aki", START),
        Order("aki", START, 900.0, "KRW"),
        Order("chiyo", START),
        Order("d", START, 900.0, "KRW"),
    ]
    visits = pa.table({"customer_id": ["chiyo", "d", "e"], "name": ["visit"] * 3, "occurred_at": [START] * 3})

    found = ok.measure("repeat_rate", orders=table(log), events=visits, by="all").measurements[0]

    assert found.inputs == {"one_time": 2, "repeat": 1, "customers": 3}


def test_a_return_is_no_second_purchase() -> None:
    log = [Order("aki", START, 40.0), Order("aki", START + timedelta(days=3), -40.0)]

    found = ok.measure("repeat_rate", orders=table(log), by="all").measurements[0]

    assert found.inputs == {"one_time": 1, "repeat": 0, "customers": 1}


@pytest.mark.parametrize("cutoff", [None, date(2023, 8, 1)])
@pytest.mark.parametrize("zone", ZONES)
def test_time_to_second_equals_the_brute_force_curve(zone: str, cutoff: date | None) -> None:
    logs = worlds(Random(f"second {zone}"), 20)

    result = measure("time_to_second", logs, zone=zone, by="all", cutoff=cutoff, presence="orders:30d")

    truth: dict[str, list[Case]] = {}
    for segment, log in logs.items():
        days = purchase_days(log, zone=zone, cutoff=result.cutoff)
        watched = result.cutoff - timedelta(days=1)
        truth[segment] = [
            ((bought[1] - bought[0]).days, True) if len(bought) > 1 else ((watched - bought[0]).days, False)
            for bought in days.values()
        ]
    assert_curve(result, truth, ended=True)


def test_time_to_second_gives_the_number_its_page_prints() -> None:
    log = [Order(who, START) for who in "abcd"] + [Order("a", START + timedelta(days=9))]

    result = ok.measure("time_to_second", orders=table(log), by="all")

    found = result.measurements[-1]
    assert (found.inputs["day"], found.inputs["at_risk"]) == (9, 4)
    assert found.value == find("time_to_second").example.expect


@pytest.mark.real_data
def test_cdnow_repeat_buyers_equal_a_count_of_the_file(data_dir: Path) -> None:
    with (data_dir / "cdnow" / "CDNOW_master.txt").open() as stream:
        rows = [row for row in csv.reader(stream, delimiter=" ", skipinitialspace=True) if row]
    bought = [(row[0], datetime.strptime(row[1], "%Y%m%d").replace(tzinfo=UTC)) for row in rows if row[0].isdigit()]
    counted = Counter(customer for customer, _ in bought)

    found = ok.measure("repeat_rate", orders=table(Order(*row) for row in bought), by="all").measurements[0]

    assert len(bought) == 69_659
    assert found.inputs["customers"] == len(counted) == 23_570
    assert found.inputs["repeat"] == sum(n >= 2 for n in counted.values())

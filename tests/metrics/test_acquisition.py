"""Acquisition cost against a count by hand, by channel and currency, and what is said when it cannot be known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar
from okaeri.base.intervals import garwood
from okaeri.base.measurement import Interval, State
from okaeri.metrics.metric import find
from tests.metrics.purchases import ZONES, Order, purchase_days, table
from tests.metrics.spends import JANUARY, RULE, Line, people, rows_of, spend, world


@pytest.mark.parametrize("by", ["week", "month", "all"])
@pytest.mark.parametrize("zone", ZONES)
def test_cac_by_channel_equals_a_count_by_hand(by: str, zone: str) -> None:
    log, lines, channels = world(Random(f"cac {by} {zone}"))

    result = ok.measure(
        "cac",
        orders=table(log),
        spend=spend(lines),
        customers=people(channels),
        by=by,
        segment="channel",
        presence=RULE,
        calendar=Calendar(zone=zone),
    )

    firsts = {who: min(days) for who, days in purchase_days(log, zone=zone, cutoff=result.cutoff).items()}
    nothing: dict[str | None, float | None] = {None: None}
    for (channel, period), found in rows_of(result).items():
        assert period
        won = sum(period.start <= day < period.end and channels[who] == channel for who, day in firsts.items())
        spent: dict[str, float] = defaultdict(float)
        for line in lines:
            if line.channel == channel and period.start <= line.day < min(period.end, result.cutoff):
                spent[line.currency] += line.amount
        assert {m.currency: m.inputs["spend"] for m in found} == ({**spent} if spent else nothing)
        for m in found:
            assert m.inputs["won"] == won
            assert m.value == (spent[str(m.currency)] / won if spent and won else None)


def test_customers_won_are_those_whom_retention_calls_acquired_or_came_and_went() -> None:
    log, lines, _channels = world(Random("won"))
    tables = {"orders": table(log), "spend": spend(lines)}
    start, end = date(2023, 2, 1), date(2024, 2, 1)

    cac = ok.measure("cac", **tables, by="quarter", presence=RULE, start=start, end=end)
    crr = ok.measure("crr", **tables, by="quarter", presence=RULE, start=start, end=end)

    counts = {m.period: m.inputs["acquired"] + m.inputs["came_and_went"] for m in crr.measurements}
    assert sum(counts.values()) > 20
    assert any(m.inputs["came_and_went"] for m in crr.measurements)
    assert all(m.inputs["won"] == counts[m.period] for m in cac.measurements)


def test_the_channels_add_up_to_the_whole() -> None:
    log, lines, channels = world(Random("whole"))
    lines = [replace(line, currency="JPY") for line in lines]
    tables = {"orders": table(log), "spend": spend(lines), "customers": people(channels)}

    whole = ok.measure("cac", **tables, by="month", presence=RULE)
    parts = ok.measure("cac", **tables, by="month", presence=RULE, segment="channel")

    for m in whole.measurements:
        mine = [part.inputs for part in parts.measurements if part.period == m.period]
        assert sum(part["won"] for part in mine) == m.inputs["won"]
        assert sum(part["spend"] or 0.0 for part in mine) == pytest.approx(m.inputs["spend"] or 0.0)


def test_cac_gives_the_number_its_page_prints_with_the_interval_of_a_count() -> None:
    log = [Order(f"c{n}", JANUARY) for n in range(48)]
    lines = [Line("search", date(2024, 1, day), 3_000.0) for day in (2, 5, 9, 10)]

    found = ok.measure("cac", orders=table(log), spend=spend(lines), by="all", presence=RULE).measurements[0]

    around = garwood(48)
    assert found.inputs == {"spend": 12_000.0, "won": 48}
    assert found.value == find("cac").example.expect
    assert around.low and around.high
    assert found.interval == Interval(low=12_000 / around.high, high=12_000 / around.low, method="garwood")


def test_many_lines_and_many_customers_of_one_channel_do_not_multiply() -> None:
    """Spend fans out by line, customers by order: neither may be counted once per row of the other."""
    log = [Order(who, JANUARY + timedelta(days=day)) for who in ("aki", "chiyo") for day in range(3)]
    lines = [Line("search", date(2024, 1, 10), 10.0) for _ in range(5)]

    found = ok.measure(
        "cac",
        orders=table(log),
        spend=spend(lines),
        customers=people({"aki": "search", "chiyo": "search"}),
        by="month",
        segment="channel",
        presence=RULE,
    ).measurements

    assert [(m.segment, m.inputs) for m in found] == [("search", {"spend": 50.0, "won": 2})]


def test_spend_that_won_nobody_is_undefined_with_the_least_it_can_be() -> None:
    log = [Order("aki", JANUARY), Order("aki", JANUARY + timedelta(days=25))]

    february = ok.measure(
        "cac",
        orders=table(log),
        spend=spend([Line("search", date(2024, 2, 1), 100.0)]),
        by="month",
        presence=RULE,
    ).measurements[1]

    assert (february.value, february.state) == (None, State.UNDEFINED)
    assert str(february.reason) == "Money was spent, but nobody became a customer for the first time."
    assert february.interval and february.interval.low == pytest.approx(100 / 3.6889, rel=1e-4)
    assert february.interval.high is None


def test_customers_of_a_channel_without_a_line_of_spend_have_no_cost_and_a_line_of_zero_has() -> None:
    tables = {
        "orders": table([Order("aki", JANUARY), Order("min-jun", JANUARY)]),
        "spend": spend([Line("mail", date(2024, 1, 1), 0.0)]),
        "customers": people({"aki": "friend", "min-jun": "mail"}),
    }

    friend, mail = ok.measure("cac", **tables, by="all", segment="channel", presence=RULE).measurements

    assert (friend.segment, friend.value, str(friend.reason)) == (
        "friend",
        None,
        "No spend is recorded for the period.",
    )
    assert (mail.segment, mail.value) == ("mail", 0.0)


def test_without_a_channel_of_the_customers_a_split_says_what_is_missing() -> None:
    found = ok.measure(
        "cac",
        orders=table([Order("aki", JANUARY)]),
        spend=spend([Line("search", date(2024, 1, 10), 100.0)]),
        by="all",
        segment="channel",
        presence=RULE,
    ).measurements

    assert [(m.segment, m.value, m.interval) for m in found] == [("search", None, None)]
    assert "Customers have no attribute `channel`" in str(found[0].reason)


@pytest.mark.parametrize("metric", ["cac", "clv_to_cac", "payback_months"])
def test_spend_is_not_split_by_what_it_does_not_know(metric: str) -> None:
    customers = pa.table({"customer_id": ["aki", "chiyo"], "city": ["Osaka", "Seoul"]})
    log = [Order(who, JANUARY + timedelta(days=day)) for who in ("aki", "chiyo") for day in (0, 30)]

    found = ok.measure(
        metric,
        orders=table(log),
        spend=spend([Line("search", date(2024, 1, 10), 100.0)]),
        customers=customers,
        by="all",
        segment="city",
        presence=RULE,
    ).measurements

    assert [m.segment for m in found] == ["Osaka", "Seoul"]
    assert {str(m.reason) for m in found} == {"Spend is recorded by channel only, so it cannot be split this way."}


def test_credits_larger_than_the_spend_cost_nothing_that_can_be_said() -> None:
    found = ok.measure(
        "cac",
        orders=table([Order("aki", JANUARY)]),
        spend=spend([Line("search", date(2024, 1, 1), -5.0)]),
        by="all",
        presence=RULE,
    ).measurements[0]

    assert (found.value, str(found.reason)) == (None, "The credits are larger than the spend.")


def test_where_nothing_was_spent_and_nobody_was_won_no_cost_is_named() -> None:
    lines = [Line("friend", date(2024, 1, 10), 0.0), Line("friend", date(2024, 2, 10), 0.0)]

    found = ok.measure("cac", orders=table([Order("aki", JANUARY)]), spend=spend(lines), presence=RULE).measurements

    february = found[1]
    assert (found[0].value, february.value, february.interval) == (0.0, None, None)
    assert str(february.reason) == "Nothing was spent, and nobody became a customer for the first time."

"""What customers bring against what they cost: the ratio, its interval, and the months until the cost is back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.intervals import garwood, t_mean
from okaeri.base.measurement import Interval
from okaeri.base.ratios import quotient_interval
from okaeri.metrics.metric import find
from tests.metrics.oracle import Stay, stays_of_contracts, stays_of_visits
from tests.metrics.purchases import ZONES, Order, table
from tests.metrics.spends import JANUARY, RULE, Line, measurer, people, rows_of, spend, world


@pytest.mark.parametrize("by", ["month", "year"])
def test_clv_to_cac_is_the_one_figure_over_the_other(by: str) -> None:
    log, lines, channels = world(Random(f"pair {by}"))
    log, lines = [replace(o, currency="JPY") for o in log], [replace(line, currency="JPY") for line in lines]
    tables = {"orders": table(log), "spend": spend(lines), "customers": people(channels)}

    pair, clv, cac = (
        rows_of(ok.measure(m, **tables, by=by, segment="channel", presence=RULE))
        for m in ("clv_to_cac", "clv_historical", "cac")
    )

    defined = 0
    for key, (found,) in pair.items():
        worth = clv[key][0] if key in clv else None
        cost = cac[key][0] if key in cac else None
        if worth and cost and worth.value is not None and cost.value:
            assert found.value == pytest.approx(worth.value / cost.value)
            defined += 1
        else:
            assert found.value is None and found.reason
    assert defined >= 3


def test_clv_to_cac_gives_the_number_its_page_prints() -> None:
    example = find("clv_to_cac").example
    log = [Order(f"c{n}", JANUARY + timedelta(days=day), 187.5 * 365.25 / 366) for n in range(4) for day in (0, 366)]
    lines = [Line("search", date(2024, 1, 10), 500.0)] * 2

    found = ok.measure("clv_to_cac", orders=table(log), spend=spend(lines), by="all", presence=RULE).measurements[0]

    assert found.inputs["cac"] == example.inputs["cac"]
    assert found.inputs["clv"] == pytest.approx(2 * 187.5)
    assert found.value == pytest.approx(example.expect / 2)


def test_spend_in_another_or_in_several_currencies_is_never_set_against_the_orders() -> None:
    orders = table([Order(who, JANUARY + timedelta(days=day)) for who in ("aki", "chiyo") for day in (0, 30)])
    won = Line("search", date(2024, 1, 10), 50.0, "KRW")

    def reason(metric: str, *lines: Line) -> set[str]:
        found = ok.measure(metric, orders=orders, spend=spend(list(lines)), by="all", presence=RULE).measurements
        return {str(m.reason) for m in found}

    assert reason("clv_to_cac", won) == {"The spend is in another currency, and currencies are not converted."}
    both = {"The money is in several currencies, which are never added."}
    assert reason("clv_to_cac", won, replace(won, currency="JPY")) == both
    assert reason("payback_months", won, replace(won, currency="JPY")) == both


def test_the_interval_of_clv_to_cac_holds_the_truth_as_often_as_it_says() -> None:
    """Worth is a mean of 60 skewed customers, the winning a count of 25 on average."""
    rng = np.random.default_rng(5)
    spent, truth = 1_000.0, 80.0 * 25 / 1_000.0
    held = 0
    for _ in range(600):
        worth, won = rng.gamma(4, 20, 60), int(rng.poisson(25))
        around, count = t_mean(worth), garwood(won)
        assert count.low and count.high
        cost = Interval(low=spent / count.high, high=spent / count.low, method="garwood")
        found = quotient_interval(around, cost, of=(float(worth.mean()), spent / won))
        held += found.low is not None and found.high is not None and found.low <= truth <= found.high

    assert held / 600 >= 0.94


def months_of(stays: list[Stay], *, period: Period, cutoff: date) -> float:
    """Days on which each customer is one at the day's end, counted one by one."""
    span = (min(period.end, cutoff) - period.start).days
    ends = [period.start + timedelta(days=day) for day in range(1, span + 1)]
    merged = {(stay.customer, end) for end in ends for stay in stays if stay.start < end <= stay.end}
    return len(merged) / 30.4375


@pytest.mark.parametrize("zone", ZONES[:2])
def test_payback_equals_the_margin_of_every_customer_day_by_hand(zone: str) -> None:
    log, lines, _channels = world(Random(f"payback {zone}"))
    log = [replace(o, currency="JPY") for o in log]
    lines = [replace(line, currency="JPY") for line in lines]
    margins = [Random(n).choice([None, 3.0, o.amount / 2]) for n, o in enumerate(log)]
    orders = table(log).append_column("margin", pa.array(margins, pa.float64()))

    result = measurer(zone, orders=orders, spend=spend(lines)).measure("payback_months", by="quarter", presence=RULE)

    stays = stays_of_visits([(o.customer, o.at) for o in log if o.purchase], zone=zone, window_days=30)
    calendar, defined = Calendar(zone=zone), 0
    for m in result.measurements:
        assert m.period
        inside = [
            margin if margin is not None else 0.4 * o.amount
            for o, margin in zip(log, margins, strict=True)
            if m.period.start <= calendar.day_of(o.at) < min(m.period.end, result.cutoff)
        ]
        months = months_of(stays, period=m.period, cutoff=result.cutoff)
        assert m.inputs["customer_months"] == pytest.approx(months)
        assert m.inputs["margin"] == pytest.approx(sum(inside) if m.inputs["spend"] is not None else 0.0)
        if m.value is not None:
            cac = m.inputs["spend"] / m.inputs["won"]
            assert m.value == pytest.approx(cac / (sum(inside) / months))
            defined += 1
    assert defined > 2


def test_payback_of_contracts_takes_their_price_for_the_days_they_ran() -> None:
    starts = [datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(2024, 1, 16, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)]
    ends = [datetime(2024, 1, 21, tzinfo=UTC), None, None]
    subscriptions = pa.table(
        {
            "customer_id": ["aki", "aki", "chiyo"],
            "started_at": pa.array(starts, pa.timestamp("us", tz="UTC")),
            "ended_at": pa.array(ends, pa.timestamp("us", tz="UTC")),
            "mrr": [10.0, 20.0, 30.0],
        }
    )
    lines = spend([replace(Line("search", date(2024, 1, 2), 40.0), currency="")])
    measured = measurer("UTC", subscriptions=subscriptions, spend=lines)

    january = measured.measure("payback_months", by="month").measurements[0]

    # 20 days of 10 and 16 of 20 up to 1 February; the customer is one for 31 days, in both contracts but once
    stays = stays_of_contracts(zip(["aki", "aki"], starts, ends, strict=False), zone="UTC", grace_days=0)
    assert january.period
    assert january.inputs["customer_months"] == pytest.approx(
        months_of(stays, period=january.period, cutoff=date(2024, 2, 2))
    )
    assert january.inputs["margin"] == pytest.approx(0.4 * (20 * 10 + 16 * 20) / 30.4375)
    assert january.value == pytest.approx(40.0 / (0.4 * (20 * 10 + 16 * 20) / 31))


def test_payback_gives_the_number_its_page_prints() -> None:
    """48 customers won on 1 January who stay for 30 days each: 25 of margin for each 30.4375 days of a customer."""
    example = find("payback_months").example
    stayed = 48 * 30 / 30.4375
    margin = example.inputs["margin"] / example.inputs["customer_months"] * stayed
    at = datetime(2024, 1, 1, tzinfo=UTC)
    log = table([Order(f"c{n}", at, 100.0) for n in range(48)]).append_column("margin", pa.array([margin / 48] * 48))

    found = ok.measure(
        "payback_months", orders=log, spend=spend([Line("search", date(2024, 1, 31), 12_000.0)]), presence=RULE
    ).measurements[0]

    assert (found.inputs["spend"], found.inputs["won"]) == (example.inputs["spend"], example.inputs["won"])
    assert found.inputs["customer_months"] == pytest.approx(stayed)
    assert found.value == pytest.approx(example.expect)


def test_without_margin_the_spend_never_comes_back_and_no_number_is_made_up() -> None:
    log = table([Order("aki", JANUARY)]).append_column("margin", pa.array([0.0]))

    found = ok.measure(
        "payback_months", orders=log, spend=spend([Line("search", date(2024, 1, 10), 9.0)]), by="all", presence=RULE
    ).measurements[0]

    assert (found.value, found.interval) == (None, None)
    assert "left nothing after costs" in str(found.reason)


def test_margin_in_another_currency_is_not_said_to_be_nothing() -> None:
    orders = table([Order("aki", JANUARY)])
    lines = [Line("search", date(2024, 1, 10), 9.0, "KRW")]

    found = ok.measure("payback_months", orders=orders, spend=spend(lines), by="all", presence=RULE).measurements[0]

    assert (found.value, found.currency) == (None, "KRW")
    assert str(found.reason) == "The spend is in another currency, and currencies are not converted."


def test_a_channel_of_which_nothing_is_known_is_shown_with_the_reason() -> None:
    orders = table([Order("aki", JANUARY + timedelta(days=day)) for day in (0, 30)])
    lines = spend([Line("search", date(2024, 1, 10), 9.0)])

    (unknown,) = ok.measure(
        "clv_to_cac", orders=orders, spend=lines, by="all", presence=RULE, segment="channel"
    ).measurements
    (silent,) = (
        m
        for m in ok.measure(
            "clv_to_cac",
            orders=orders,
            spend=lines,
            customers=people({"aki": "store"}),
            by="all",
            presence=RULE,
            segment="channel",
        ).measurements
        if m.segment == "search"
    )

    assert unknown.segment == "search"
    assert "Customers have no attribute `channel`" in str(unknown.reason)
    assert (silent.value, silent.inputs["spend"]) == (None, 9.0)
    assert str(silent.reason) == "Nobody bought in the period."

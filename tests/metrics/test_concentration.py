"""Repeat revenue and concentration against sums by hand, and the laws of shares."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import okaeri as ok
from okaeri.base.calendar import Period
from okaeri.metrics.metric import find
from tests.metrics.purchases import ZONES, Order, measure, purchase_days, seen, table, worlds

START = datetime(2024, 1, 5, 12, tzinfo=UTC)


def spent(
    log: list[Order], *, zone: str, period: Period, cutoff: date, currency: str | None, after: bool = False
) -> dict[str, float]:
    """Per customer the money of a period and a currency; only what came after the day of the first purchase, if so."""
    firsts = {who: min(days) for who, days in purchase_days(log, zone=zone, cutoff=cutoff).items()}
    sums: dict[str, float] = {}
    for found in seen(log, zone=zone, cutoff=cutoff, currency=currency):
        who, late = found.order.customer, found.day > firsts.get(found.order.customer, date.max)
        if period.start <= found.day < period.end:
            sums[who] = sums.get(who, 0.0) + (found.order.amount if late or not after else 0.0)
    return sums


def buyers(log: list[Order], *, zone: str, period: Period, cutoff: date, currency: str | None) -> set[str]:
    return {
        found.order.customer
        for found in seen(log, zone=zone, cutoff=cutoff, currency=currency)
        if found.order.purchase and period.start <= found.day < period.end
    }


@pytest.mark.parametrize("by", ["week", "month", "all"])
@pytest.mark.parametrize("zone", ZONES)
def test_repeat_revenue_equals_the_sums_by_hand(by: str, zone: str) -> None:
    logs = worlds(Random(f"repeat_revenue_share {by} {zone}"), 10)

    result = measure("repeat_revenue_share", logs, zone=zone, by=by)

    defined = 0
    for m in result.measurements:
        assert m.period
        log = logs[str(m.segment)]
        asked = {"zone": zone, "period": m.period, "cutoff": result.cutoff, "currency": m.currency}
        whole = sum(spent(log, **asked).values()) if m.currency else 0.0  # type: ignore[arg-type]  # one dict of all
        again = sum(spent(log, **asked, after=True).values()) if m.currency else 0.0  # type: ignore[arg-type]  # same
        assert (m.inputs["revenue"], m.inputs["repeat_revenue"]) == pytest.approx((whole, again))
        if whole > 0 and 0 <= again <= whole:
            assert m.value == pytest.approx(again / whole)
            assert m.value is not None
            assert m.interval and m.interval.low is not None and m.interval.high is not None
            assert 0 <= m.interval.low <= m.value <= m.interval.high <= 1
            defined += 1
        else:
            assert m.value is None and m.reason
    assert defined > 5


def test_repeat_revenue_of_the_months_adds_up_to_that_of_the_year() -> None:
    """Who bought before is asked of all time, so it does not depend on the period."""
    logs = worlds(Random("additive"), 30)

    months, year = (measure("repeat_revenue_share", logs, by=by).measurements for by in ("month", "year"))

    for whole in year:
        parts = [m for m in months if m.segment == whole.segment and m.currency == whole.currency]
        mine = [m for m in parts if m.period and whole.period and m.period.start.year == whole.period.start.year]
        assert sum(m.inputs["repeat_revenue"] for m in mine) == pytest.approx(whole.inputs["repeat_revenue"])


def test_repeat_revenue_share_gives_the_number_its_page_prints() -> None:
    log = [Order(f"c{n}", START, 60.0) for n in range(100)]
    log += [Order(f"c{n}", START + timedelta(days=3), 140.0) for n in range(100)]

    found = ok.measure("repeat_revenue_share", orders=table(log), by="all").measurements[0]

    assert found.value == pytest.approx(find("repeat_revenue_share").example.expect)


def test_two_orders_of_the_first_day_and_two_currencies_are_no_return() -> None:
    """The first day is one day, whatever the currency; and a purchase in the other currency is a purchase before."""
    log = [Order("aki", START, 10.0), Order("aki", START + timedelta(hours=2), 5.0), Order("chiyo", START, 7.0)]
    log += [Order("chiyo", START + timedelta(days=1), 900.0, "KRW")]

    found = ok.measure("repeat_revenue_share", orders=table(log), by="all").measurements

    assert [(m.currency, m.value) for m in found] == [("JPY", 0.0), ("KRW", 1.0)]


def test_returns_larger_than_what_was_bought_again_leave_no_share() -> None:
    log = [Order("aki", START, 100.0), Order("aki", START + timedelta(days=3), -30.0)]

    found = ok.measure("repeat_revenue_share", orders=table(log), by="all").measurements[0]

    assert found.value is None
    assert "no shares of a whole" in str(found.reason)


def top_tenth(values: list[float]) -> float:
    """Each customer as a thousand equal parts, the best tenth of all parts: interpolation without a formula."""
    parts = np.repeat(np.sort(values)[::-1] / 1000, 1000)
    return float(parts[: len(parts) // 10].sum())


def gini(values: list[float]) -> float:
    """Half of the mean difference of all pairs over the mean."""
    amounts = np.array(values)
    return float(np.abs(amounts[:, None] - amounts[None, :]).mean() / (2 * amounts.mean()))


@pytest.mark.parametrize("by", ["month", "all"])
@pytest.mark.parametrize("zone", ZONES)
def test_concentration_equals_the_parts_of_customers_by_hand(by: str, zone: str) -> None:
    logs = worlds(Random(f"revenue_concentration {by} {zone}"), 12)

    result = measure("revenue_concentration", logs, zone=zone, by=by)

    defined = 0
    for m in result.measurements:
        assert m.period
        asked = {"zone": zone, "period": m.period, "cutoff": result.cutoff, "currency": m.currency}
        log = logs[str(m.segment)]
        here = buyers(log, **asked) if m.currency else set()  # type: ignore[arg-type]  # one dict of all
        sums = spent(log, **asked)  # type: ignore[arg-type]  # one dict of all
        values = [max(sums[who], 0.0) for who in here]
        if not sum(values):
            assert m.value is None and str(m.reason) == "There is no revenue in the period."
            continue
        assert m.value == pytest.approx(top_tenth(values) / sum(values))
        assert m.inputs["gini"] == pytest.approx(gini(values), abs=1e-9)
        assert m.inputs["negative"] == sum(sums[who] < 0 for who in here)
        defined += 1
    assert defined > 20


def test_revenue_concentration_gives_the_number_its_page_prints() -> None:
    log = [Order(f"big{n}", START, 600.0) for n in range(10)]
    log += [Order(f"small{n}", START, 14_000 / 90) for n in range(90)]

    found = ok.measure("revenue_concentration", orders=table(log), by="all").measurements[0]

    assert found.value == pytest.approx(find("revenue_concentration").example.expect)
    assert found.interval is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.5, 1e4), min_size=1, max_size=40), st.floats(0.01, 100))
def test_the_top_tenth_has_at_least_a_tenth_at_any_scale(amounts: list[float], scale: float) -> None:
    log = [Order(f"c{n}", START, amount) for n, amount in enumerate(amounts)]

    found, scaled = (
        ok.measure("revenue_concentration", orders=table(rows), by="all").measurements[0]
        for rows in (log, [replace(o, amount=o.amount * scale) for o in log])
    )

    assert found.value is not None and 0.1 - 1e-9 <= found.value <= 1
    assert scaled.value == pytest.approx(found.value)
    assert 0 <= found.inputs["gini"] < 1


def test_equal_buyers_are_not_concentrated_whatever_their_number() -> None:
    log = [Order(f"c{n}", START, 20.0) for n in range(7)]

    found = ok.measure("revenue_concentration", orders=table(log), by="all").measurements[0]

    assert found.value == pytest.approx(0.1)
    assert found.inputs["gini"] == pytest.approx(0.0, abs=1e-12)


def test_orders_days_and_browsing_of_one_buyer_make_one_buyer() -> None:
    """Customer-days fan out by day and by use of the product; the ranking is of customers."""
    log = [Order("aki", START + timedelta(days=day), 10.0) for day in range(9)] + [Order("chiyo", START, 10.0)]
    visits = pa.table({"customer_id": ["aki"] * 3, "name": ["visit"] * 3, "occurred_at": [START] * 3})

    found = ok.measure("revenue_concentration", orders=table(log), events=visits, by="all").measurements[0]

    assert found.inputs["customers"] == 2
    assert found.value == pytest.approx(0.2 * 0.9)


def test_a_buyer_below_zero_counts_as_zero_and_a_mere_return_makes_no_buyer() -> None:
    log = [Order("aki", START, 80.0), Order("chiyo", START, 20.0), Order("chiyo", START, -50.0)]
    log.append(Order("min-jun", START, -5.0))

    found = ok.measure("revenue_concentration", orders=table(log), by="all").measurements[0]

    assert (found.inputs["customers"], found.inputs["negative"], found.inputs["revenue"]) == (2, 1, 80.0)

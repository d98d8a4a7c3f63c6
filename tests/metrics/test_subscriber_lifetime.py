"""The lifetime value of a subscriber: its worked example, its bound without churn, and the months it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Grain
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement, State
from okaeri.facts.rules import Rules
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.metric import find
from okaeri.metrics.revenue.accounts import months_in
from tests.metrics.revenues import Deal, table


def on(month: int, day: int = 1) -> datetime:
    return datetime(2024, month, day, 12, tzinfo=UTC)


def measured(metric: str, deals: list[Deal], **question: Any) -> list[Measurement]:
    return list(ok.measure(metric, subscriptions=table(deals), **question).measurements)


def measurer_of(deals: list[Deal], *, rules: Rules) -> Measurer:
    plain = facts_of({"subscriptions": table(deals)}, calendar=Calendar(), now=datetime(2030, 1, 1, tzinfo=UTC))
    return Measurer(plain.engine, replace(plain.facts, rules=rules))


def test_ltv_subscription_gives_the_number_its_page_prints() -> None:
    deals = [Deal(f"c{n}", on(1, 10), on(2, 10) if n < 4 else None, "50") for n in range(100)]
    measurer = measurer_of([*deals, Deal("later", on(3, 5), None)], rules=Rules(gross_margin=0.8))

    found = measurer.measure("ltv_subscription").measurements[1]

    assert found.inputs == find("ltv_subscription").example.inputs
    assert found.value == pytest.approx(find("ltv_subscription").example.expect)
    assert found.interval and found.interval.low and found.interval.low < 1000 < (found.interval.high or 0)


def test_without_churn_the_lifetime_value_is_more_than_a_bound_neither_blank_nor_infinite() -> None:
    deals = [Deal(f"c{n}", on(1, 10), None, "50") for n in range(40)]

    found = measured("ltv_subscription", [*deals, Deal("later", on(3, 5), None)])[1]

    highest = wilson(0, 40).high
    assert highest is not None
    assert (found.value, found.state) == (None, State.UNDEFINED)
    assert found.interval and found.interval.low == pytest.approx(50 / highest)
    assert found.interval.high is None
    assert "no upper end" in str(found.reason)


def test_a_longer_period_counts_its_months() -> None:
    calendar = Calendar()
    quarter = calendar.periods(Grain.QUARTER, first=date(2024, 1, 1), last=date(2024, 1, 1))[0]

    deals = [Deal(f"c{n}", on(1, 10), on(5, 10) if n < 10 else None, "50") for n in range(100)]
    found = measured("ltv_subscription", [*deals, Deal("later", on(8, 5), None)], by="quarter")[1]

    assert months_in(quarter) == 3
    assert found.value == pytest.approx(50 * 3 / 0.1)


def test_the_lifetime_of_a_period_not_over_counts_the_months_observed() -> None:
    deals = [Deal(f"c{n}", on(1, 10), on(3, 5) if n < 10 else None, "50") for n in range(100)]

    found = measured("ltv_subscription", deals, cutoff=date(2024, 3, 11))[-1]

    months = 10 / (365.25 / 12)
    assert (found.state, found.inputs["months"]) == (State.PARTIAL, pytest.approx(months))
    assert found.value == pytest.approx(50 * months / 0.1)

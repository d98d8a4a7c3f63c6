"""Contracts: whether customers are bound by them, and how many more months are to be expected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from okaeri.base.calendar import Calendar
from okaeri.base.errors import NothingUsable
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.predictions.clv.contractual import MONTH_DAYS, contractual, predict_contracts
from tests.predictions.clv import worlds

START = datetime(2020, 1, 1)
DAY = date(2022, 1, 1)


def subscribers(n: int, *, seed: int, days: int = 1460) -> tuple[Measurer, np.ndarray, np.ndarray]:
    """Monthly contracts that end at a renewal with chances of their own; also their first and last days."""
    rng = np.random.default_rng(seed)
    begun = rng.integers(0, 900, n)
    months = rng.geometric(rng.beta(0.8, 6.0, n))
    over = begun + np.rint(months * MONTH_DAYS).astype(int)
    contracts = pa.table(
        {
            "customer_id": [f"c{place:05d}" for place in range(n)],
            "started_at": [START + timedelta(days=int(day)) for day in begun],
            "ended_at": [START + timedelta(days=int(day)) if day < days else None for day in over],
            "mrr": rng.choice([10.0, 30.0], n),
            "currency": ["EUR"] * n,
        }
    )
    now = datetime(2024, 6, 1, tzinfo=UTC)
    return facts_of({"subscriptions": contracts}, calendar=Calendar(zone="UTC"), now=now), begun, over


def test_contracts_are_told_from_purchases_by_the_rule_of_who_is_a_customer() -> None:
    shop, _begun, _over = subscribers(200, seed=1)
    bound, why = contractual(shop)
    free, why_not = contractual(worlds.measurer(worlds.pareto(50, days=200, seed=1)))

    assert (bound, free) == (True, False)
    assert "renewals are forecast" in str(why)
    assert "bought in the last" in str(why_not)


def test_the_months_expected_are_those_that_followed_and_the_total_is_inside_its_range() -> None:
    shop, begun, over = subscribers(3000, seed=2)

    forecast = predict_contracts(shop, horizon_days=365, cutoff=DAY)

    day = (DAY - START.date()).days
    running = (begun < day) & (over >= day)
    facts = (np.minimum(over[running], day + 365) - day) / MONTH_DAYS
    assert len(forecast.customer) == running.sum()
    assert forecast.total_months.value == pytest.approx(facts.sum(), rel=0.08)
    assert (forecast.total_months.interval.low or 0) < facts.sum() < (forecast.total_months.interval.high or 0)
    held = np.mean((forecast.months_low <= facts + 1e-9) & (facts <= forecast.months_high + 1e-9))
    assert 0.86 <= held <= 0.98
    assert (forecast.value <= np.repeat(30.0, len(facts)) * 12 + 1e-6).all()


def test_nothing_after_the_cutoff_is_known_to_the_forecast_of_contracts() -> None:
    shop, _begun, _over = subscribers(800, seed=3)
    blind, _begun, _over = subscribers(800, seed=3, days=(DAY - START.date()).days)

    one, other = (predict_contracts(each, horizon_days=200, cutoff=DAY) for each in (shop, blind))

    assert one.months.tolist() == pytest.approx(other.months.tolist())


def test_without_enough_ends_it_says_how_many_there_are() -> None:
    shop, _begun, _over = subscribers(60, seed=4)

    with pytest.raises(NothingUsable, match=r"Not enough contracts have ended yet: \d of 10"):
        predict_contracts(shop, horizon_days=200, cutoff=date(2020, 5, 1))

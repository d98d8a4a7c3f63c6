"""In the demo shop everything that really drives leaving has left its trace in a feature."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from okaeri.base.calendar import Calendar
from okaeri.demo.company import ZONE, Company, simulate_customers
from okaeri.demo.seasons import PRICE_RISE
from okaeri.demo.truth import NON_CAUSES
from okaeri.frames import facts_of
from okaeri.metrics.timetable import EPOCH, day_number
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.features import examples_of
from tests.predictions.churn.worlds import NOW


@pytest.fixture(scope="module")
def shop() -> Company:
    return simulate_customers(3_000, end=date(2026, 6, 1))


@pytest.fixture(scope="module")
def examples(shop: Company) -> Examples:
    measurer = facts_of(shop.facts, calendar=Calendar(zone=ZONE), now=NOW)
    cutoff = date(2026, 6, 1)
    days = [date.fromisoformat(PRICE_RISE) + timedelta(days=30 * n) for n in range(-4, 6)]
    presence = measurer.presence("orders:90d", cutoff=cutoff)
    return examples_of(measurer, days, horizon_days=60, presence=presence, cutoff=cutoff)


TRACES = {
    "late_delivery": ("tickets_90d:late_delivery", "more"),
    "bad_support": ("wait_worst_90d", "more"),
    "quality": ("tickets_90d:quality", "more"),
    "price_rise": ("days_since_price_rise", "known"),
    "never_engaged": ("steps_done", "less"),
}


@pytest.mark.parametrize("reason", TRACES)
def test_a_planted_cause_leaves_its_trace(reason: str, shop: Company, examples: Examples) -> None:
    feature, way = TRACES[reason]
    gone = leaving_soon(shop, examples, reason)
    values = examples.numbers[feature]

    touched = {"more": values, "less": -values, "known": np.isfinite(values).astype(float)}[way]
    assert gone.sum() > 20
    assert np.nanmean(touched[gone]) > np.nanmean(touched[~gone]) + 0.1 * np.nanstd(touched)


@pytest.mark.parametrize("name", [*NON_CAUSES, "channel", "plan"])
def test_causes_and_non_causes_written_on_the_customer_are_labels(name: str, examples: Examples) -> None:
    assert len(set(examples.labels[f"attribute:{name}"].tolist())) > 1
    assert "attribute:name" not in examples.labels


def leaving_soon(shop: Company, examples: Examples, reason: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which examples are of customers who leave for this reason in the 60 days after theirs."""
    codes = {who: code for code, who in enumerate(sorted(row["customer_id"] for row in people(shop)), 1)}
    left = {codes[row["customer_id"]]: day_number(day_of(row["left_at"])) for row in shop.truth.to_pylist()
            if row["reason"] == reason}  # fmt: skip
    pairs = zip(examples.customer.tolist(), examples.day.tolist(), strict=True)
    return np.asarray([code in left and day <= left[code] < day + 60 for code, day in pairs])


def people(shop: Company) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = shop.facts["customers"].to_pylist()
    return rows


def day_of(instant: datetime) -> date:
    return EPOCH + timedelta(days=int(instant.timestamp()) // 86_400)

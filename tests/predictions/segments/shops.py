"""Small shops, and customers of planted ways, for segmentations to find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okaeri.base.calendar import Calendar
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer

Floats = NDArray[np.float64]
NOW = datetime(2024, 7, 1, 1, tzinfo=UTC)  # ten in the morning in Tokyo
TOKYO = Calendar(zone="Asia/Tokyo")
START = datetime(2023, 1, 1, 3, tzinfo=UTC)


def shop(**tables: Any) -> Measurer:
    """Facts up to the end of June 2024."""
    return facts_of(tables, calendar=TOKYO, now=NOW)


def orders(rows: list[tuple[str, datetime, float]], **others: Any) -> dict[str, Any]:
    return {
        "customer_id": [row[0] for row in rows],
        "ordered_at": [row[1] for row in rows],
        "amount": [row[2] for row in rows],
        **others,
    }


def random_orders(*, seed: int, customers: int = 60, rows: int = 500) -> list[tuple[str, datetime, float]]:
    """Orders over 18 months, some with returns, some at the edge of a local day; one on the last day of all."""
    rng = np.random.default_rng(seed)
    minutes = rng.integers(0, 545 * 24 * 60, rows)
    whose = (rng.random(rows) ** 2 * customers).astype(int)
    amounts = np.where(rng.random(rows) < 0.1, -5.0, rng.integers(1, 100, rows))
    made = [
        (f"c{number:02d}", START + timedelta(minutes=int(minute)), float(amount))
        for number, minute, amount in zip(whose, minutes, amounts, strict=True)
    ]
    return [*made, ("c00", datetime(2024, 6, 30, 14, 59, tzinfo=UTC), 10.0)]


def ways(customers: int, *, seed: int) -> tuple[NDArray[np.int64], dict[str, Floats]]:
    """Three planted ways: frequent with small baskets, rare with large ones, and gone quiet; features as measured."""
    rng = np.random.default_rng(seed)
    kind = np.arange(customers) % 3
    pace = np.array([40.0, 5.0, 12.0])[kind] * rng.lognormal(0, 0.15, customers)
    basket = np.array([12.0, 150.0, 40.0])[kind] * rng.lognormal(0, 0.15, customers)
    silent = np.array([6.0, 40.0, 400.0])[kind] * rng.lognormal(0, 0.2, customers)
    known = 500 * rng.lognormal(0, 0.2, customers)
    features = {"orders_per_year": pace, "basket": basket, "days_since_last_order": silent, "days_known": known}
    return np.arange(customers), features

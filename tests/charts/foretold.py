"""Predictions with known outcomes, made up in the open, for charts of what was said and what came."""

from __future__ import annotations

from datetime import date

import numpy as np

from okaeri.base.calendar import Calendar, Grain
from okaeri.base.intervals import wilson
from okaeri.predictions.churn.judging import Judgement, judged
from okaeri.predictions.risk.record import Foretold


def judgement(*, rows: int = 2_000, off: float = 1.0, seed: int = 3) -> Judgement:
    """Customers who leave with the probability said of them times `off`."""
    rng = np.random.default_rng(seed)
    said = rng.beta(1.2, 4.0, rows)
    return judged(rng.random(rows) < np.minimum(1.0, said * off), said, customer=np.arange(rows))


def months(*, count: int = 8, off: float = 1.0, replayed: int = 0) -> tuple[Foretold, ...]:
    """Each month 120 customers: 30 are foretold to leave and `off` times as many do."""
    periods = Calendar().periods(Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 12, 31))[:count]
    left = [round(30 * off) + (at % 3) - 1 for at in range(count)]
    return tuple(
        Foretold(
            period=period, n=120, foretold=30.0, left=gone, interval=wilson(gone, 120), lift=2.4, replayed=replayed
        )
        for period, gone in zip(periods, left, strict=True)
    )

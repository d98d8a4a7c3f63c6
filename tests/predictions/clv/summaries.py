"""Summaries written down by hand, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from okaeri.predictions.clv.summary import Summary


def summary_of(
    *,
    frequency: Sequence[float],
    last_purchase: Sequence[float],
    age: Sequence[float],
    recent: Sequence[float] | None = None,
    purchases: Sequence[float] | None = None,
    first_spend: Sequence[float] | None = None,
    repeat_spend: Sequence[float] | None = None,
    spend: Sequence[float] | None = None,
    horizon_days: int = 0,
) -> Summary:
    """Customers 0, 1, 2 … with these histories; what is left out is 0."""

    def column(given: Sequence[float] | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.zeros(len(frequency)) if given is None else np.asarray(given, np.float64)

    return Summary(
        as_of=20_000,
        horizon_days=horizon_days,
        recent_days=365,
        currency="EUR",
        customer=np.arange(len(frequency)),
        first_day=20_000 - 1 - np.asarray(age, np.int64),
        frequency=column(frequency),
        last_purchase=column(last_purchase),
        age=column(age),
        recent=column(recent),
        first_spend=column(first_spend),
        repeat_spend=column(repeat_spend),
        log_gaps=column(None),
        purchases=column(purchases),
        spend=column(spend),
    )

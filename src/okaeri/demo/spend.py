"""Marketing spend: what each channel cost per day, for the customers it could expect that day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import chance, same, words
from okaeri.demo.seasons import Seasons

_COST_PER_CUSTOMER = {"search_ads": 2_900, "social_ads": 2_300, "marketplace": 1_500, "referral": 1_000, "store": 1_200}
_SHARE = {"search_ads": 0.19, "social_ads": 0.17, "marketplace": 0.11, "referral": 0.14, "store": 0.13}


def spend_table(seasons: Seasons, *, customers: int, seed: int) -> pa.Table:
    """One row per channel and day in whole yen; organic customers cost nothing."""
    rng = chance(seed, 0, "spend")
    expected = customers * np.diff(seasons.joins) / seasons.joins[-1]
    days = len(expected)
    amounts = [_COST_PER_CUSTOMER[name] * _SHARE[name] * expected * rng.gamma(20, 1 / 20, days) for name in _SHARE]
    day = np.tile(np.arange(seasons.start, seasons.end), len(_SHARE))
    channel = np.repeat(np.arange(len(_SHARE)), days)
    spent_on = pa.array(day.astype(np.int32)).cast(pa.date32())
    ids = [f"{name}-{date.fromordinal(719_163 + number)}" for name in _SHARE for number in day[:days].tolist()]
    return pa.table(
        {
            "spend_id": ids,
            "channel": words(tuple(_SHARE), channel),
            "spent_on": spent_on,
            "amount": pa.array(np.round(np.concatenate(amounts))),
            "currency": same("JPY", len(day)),
        }
    )

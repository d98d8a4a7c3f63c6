"""What each customer is expected to bring, whichever way they are bound: by contracts, or by nothing but habit."""

from __future__ import annotations

import numpy as np

from okaeri.predictions.clv.contractual import ContractForecast
from okaeri.predictions.clv.results import ValueForecast
from okaeri.predictions.risk.listing import Expected


def worth_of_purchases(told: ValueForecast) -> Expected:
    """What purchases are expected to bring."""
    return Expected(
        customer=told.customer,
        value=told.value,
        low=told.value_low,
        high=told.value_high,
        days=told.horizon_days,
        currency=told.currency,
        notes=told.notes,
    )


def worth_of_contracts(told: ContractForecast) -> Expected:
    """What each customer's running contracts are expected to bring, added up.

    The ends of several contracts are added too, which makes the range of their sum wider than it need be.
    """
    codes, whose = np.unique(told.customer, return_inverse=True)
    # what a contract brings per expected month carries over to the months at both ends
    monthly = np.divide(told.value, told.months, out=np.zeros(len(told.value)), where=told.months > 0)
    sums = [
        np.asarray(np.bincount(whose, weights=column, minlength=len(codes)), np.float64)
        for column in (told.value, monthly * told.months_low, monthly * told.months_high)
    ]
    return Expected(
        customer=codes,
        value=sums[0],
        low=sums[1],
        high=sums[2],
        days=told.horizon_days,
        currency=told.currency,
        notes=told.notes,
    )

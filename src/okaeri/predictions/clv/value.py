"""What customers are worth: purchases still to come, each discounted from its own time, times what one brings in.

Source: Fader, Hardie & Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis", Journal of
Marketing Research 42(4). Contracts have their own values, in `contracts`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.predictions.clv.discounting import force_of
from okaeri.predictions.clv.fitting import Floats
from okaeri.predictions.clv.purchases import PurchaseFit


def clv(
    purchases: PurchaseFit,
    spend: ArrayLike,
    *,
    frequency: ArrayLike,
    last_purchase: ArrayLike,
    age: ArrayLike,
    unit: str,
    annual_discount: float,
    horizon: float = math.inf,
    margin: float = 1.0,
    covariates: ArrayLike | None = None,
) -> Floats:
    """What each customer is worth from now on, in the money of `spend`; shape (customers,).

    `spend` is what to expect of one purchase (`GammaGammaFit.expected_spend`), `margin` the share of it that stays.
    `unit` is the unit of time of the fit, of the histories and of `horizon`: "days", "weeks", "months" or "years".
    Without a horizon it is the value of all purchases ever (the paper's DERT). Purchases are worth
    (1 + annual_discount)^-years at the time each is expected, without rounding to months. Raises `OkaeriError` for
    amounts that cannot be.

    >>> from okaeri.predictions.clv.bgnbd import BGNBDFit
    >>> fit = BGNBDFit(r=0.242595, alpha=4.413602, a=0.792920, b=2.425888)
    >>> history = {"frequency": [2, 0], "last_purchase": [30.43, 0], "age": 38.86}
    >>> clv(fit, [20.0, 35.0], **history, unit="weeks", annual_discount=0.1, horizon=52).round(2).tolist()
    [29.84, 8.42]
    """
    money = np.asarray(spend, np.float64)
    if not (np.isfinite(money).all() and (money >= 0).all()):
        raise OkaeriError(
            _("The expected spend of some customers is not an amount of zero or more."),
            advice=_("Where its mean is infinite, learn spending from more customers, or give an amount."),
        )
    if not (math.isfinite(margin) and margin >= 0):
        raise OkaeriError(
            _("A margin of {margin} cannot be.").format(margin=margin),
            advice=_("Give the share of spending that stays, such as 0.3."),
        )
    bought = purchases.discounted_purchases(
        horizon,
        force=force_of(annual_discount, unit=unit),
        frequency=frequency,
        last_purchase=last_purchase,
        age=age,
        covariates=covariates,
    )
    return margin * money * bought

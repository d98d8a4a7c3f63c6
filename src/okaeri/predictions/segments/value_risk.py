"""What customers are expected to bring against how likely they are to leave, in nine fields or four."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.predictions.segments.names import VALUE_RISK_NAMES
from okaeri.predictions.segments.rfm import fifths
from okaeri.predictions.segments.segmentation import Segmentation, nobody, segmented

FEWEST = 20
_LEVELS = {2: ("low", "high"), 3: ("low", "middle", "high")}


def value_risk(
    *, customer: ArrayLike, value: ArrayLike, leaving: ArrayLike, as_of: date, levels: int = 3, currency: str = ""
) -> Segmentation:
    """Customers by thirds (or halves, with `levels=2`) of expected value and of the probability of leaving.

    Arrays of shape (customers,): codes, amounts in one `currency`, probabilities. Whoever lacks one of the two (NaN)
    has no label. Raises `OkaeriError` for arrays that do not fit together or a probability that is none.
    """
    codes = np.asarray(customer, np.int64)
    worth, risk = np.asarray(value, np.float64), np.asarray(leaving, np.float64)
    if levels not in _LEVELS or not codes.shape == worth.shape == risk.shape:
        raise OkaeriError(
            _("Customers, values and probabilities are not of one length, or the levels are not 2 or 3."),
            advice=_("Give one value and one probability per customer."),
        )
    if ((risk < 0) | (risk > 1)).any():
        raise OkaeriError(
            _("A probability of leaving lies outside 0 to 1."), advice=_("Give shares, such as 0.2 for 20%.")
        )
    known = np.isfinite(worth) & np.isfinite(risk)
    if known.sum() < FEWEST:
        reason = _("Not enough customers to divide: {n} of {needed}.").format(n=int(known.sum()), needed=FEWEST)
        return nobody("value_risk", as_of=as_of, reason=reason)
    names = np.array(_LEVELS[levels])
    high, likely = (names[fifths(each[known], parts=levels) - 1] for each in (worth, risk))
    label = np.array([f"{v}_value_{r}_risk" for v, r in zip(high.tolist(), likely.tolist(), strict=True)])
    return segmented(
        "value_risk",
        as_of=as_of,
        customer=codes[known],
        label=label,
        features={"value": worth[known], "leaving": risk[known]},
        order=tuple(VALUE_RISK_NAMES),
        currency=currency,
    )

"""MBG/CNBD-k: MBG/NBD whose customers buy more regularly than at random: the gaps between purchases are Erlang-k.

Source: Platzer & Reutterer (2016), "Ticking away the moments: timing regularity helps to better predict customer
activity", Marketing Science 35(5).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.predictions.clv.betageometric import STARTS, BetaGeometricFit, log_likelihoods
from okaeri.predictions.clv.histories import Floats, Histories
from okaeri.predictions.clv.learning import fit_purchases

_MOST_REGULAR = 8
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class MBGCNBD:
    """The model before it has seen customers.

    >>> gaps = np.log([[14, 16.4], [12, 12]]).sum(axis=1)
    >>> shop = {"frequency": [2, 0, 2, 0], "last_purchase": [30.4, 0, 24, 0], "age": [39, 38, 37, 36]}
    >>> MBGCNBD().fit(**shop, log_gaps=[gaps[0], 0, gaps[1], 0], k=2).customers
    4
    """

    def fit(
        self,
        *,
        frequency: ArrayLike,
        last_purchase: ArrayLike,
        age: ArrayLike,
        log_gaps: ArrayLike,
        k: int | None = None,
        covariates: ArrayLike | None = None,
    ) -> MBGCNBDFit:
        """The parameters under which these histories are most likely; times in any one unit, shape (customers,).

        `log_gaps` is the sum of the logarithms of the gaps between a customer's purchases, the first one included, 0
        without a repeat purchase. Without `k`, the one of 1 … 8 with the highest likelihood. Raises `OkaeriError` for a
        history that cannot be.
        """
        histories = Histories.of(frequency, last_purchase, age)
        gaps = _checked(histories, np.broadcast_to(np.asarray(log_gaps, np.float64), histories.frequency.shape))
        if k is not None and not 1 <= k <= 10 * _MOST_REGULAR:
            raise OkaeriError(
                _("Gaps of Erlang shape {k} cannot be fitted.").format(k=k),
                advice=_("Give a whole number from 1, or none to have the likeliest chosen."),
            )
        tried = range(1, _MOST_REGULAR + 1) if k is None else (k,)
        return max((_fit(histories, gaps, k, covariates) for k in tried), key=lambda fit: fit.log_likelihood)


@dataclass(frozen=True, kw_only=True)
class MBGCNBDFit(BetaGeometricFit):
    """MBG/CNBD-k fitted: each `k`-th event is a purchase; the rates of events are gamma (r, alpha), as in MBG/NBD.

    `k` is chosen among whole numbers, so it has no standard error. The expectations, for which Platzer & Reutterer give
    an approximation by MBG/NBD, are exact here: sums over the numbers of purchases, to ten digits.

    >>> fit = MBGCNBDFit(k=3, r=0.85, alpha=1.45, a=0.79, b=2.42)
    >>> fit.expected_purchases(32, frequency=[3, 3], last_purchase=[12, 28], age=32).round(2).tolist()
    [0.07, 2.49]
    """

    MODEL: ClassVar = "mbgcnbd"
    AT_FIRST: ClassVar = True

    k: int

    @property
    def _events(self) -> int:
        return self.k

    @property
    def _memoryless(self) -> bool:
        return self.k == 1

    @property
    def _depth(self) -> int:
        return self.k


def _fit(histories: Histories, gaps: Floats, k: int, covariates: ArrayLike | None) -> MBGCNBDFit:
    from scipy.special import gammaln

    found: dict[str, Any] = fit_purchases(
        MBGCNBDFit,
        partial(log_likelihoods, events=k, at_first=True),
        histories,
        timed=("alpha",),
        starts=[(r, alpha / k, a, b) for r, alpha, a, b in STARTS],
        covariates=covariates,
        events=k,
    )
    # what no parameter moves, but k does
    fixed = (k - 1) * gaps.sum() - histories.frequency.sum() * float(gammaln(k))
    return MBGCNBDFit(k=k, **{**found, "log_likelihood": found["log_likelihood"] + float(fixed)})


def _checked(histories: Histories, gaps: Floats) -> Floats:
    """No gaps that could not add up to the time of the last purchase: equal ones have the largest sum of logarithms."""
    again = histories.frequency > 0
    x, t_x = histories.frequency[again], histories.last_purchase[again]
    most = x * np.log(t_x / x)
    wrong = ~np.isfinite(gaps)
    wrong[again] |= gaps[again] > most + _ROUNDING * (1 + np.abs(most))
    wrong[~again] |= gaps[~again] != 0
    if wrong.any():
        row = int(np.argmax(wrong))
        raise OkaeriError(
            _(
                "Customer {row} has {x} repeat purchases until {t_x}, and gaps whose logarithms sum up to {gaps}."
            ).format(row=row, x=histories.frequency[row], t_x=histories.last_purchase[row], gaps=gaps[row]),
            advice=_("Measure the gaps in the unit of the histories, and give 0 where nobody came back."),
        )
    return gaps

"""BG/NBD: customers buy at random at a rate of their own and may drop out after any repeat purchase.

Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way", Marketing Science 24(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from numpy.typing import ArrayLike

from okaeri.predictions.clv.betageometric import STARTS, BetaGeometricFit, log_likelihoods
from okaeri.predictions.clv.histories import Histories
from okaeri.predictions.clv.learning import fit_purchases


@dataclass(frozen=True, kw_only=True)
class BGNBD:
    """The model before it has seen customers.

    >>> fit = BGNBD().fit(frequency=[2, 0, 1, 0, 5], last_purchase=[30.4, 0, 2, 0, 30], age=[39, 38, 37, 36, 35])
    >>> fit.customers
    5
    """

    def fit(
        self, *, frequency: ArrayLike, last_purchase: ArrayLike, age: ArrayLike, covariates: ArrayLike | None = None
    ) -> BGNBDFit:
        """The parameters under which these histories are most likely; times in any one unit, shape (customers,).

        `covariates` (customers, k) move the rates of buying and dropping out. Raises `OkaeriError` for a history that
        cannot be.
        """
        histories = Histories.of(frequency, last_purchase, age)
        found = fit_purchases(
            BGNBDFit, log_likelihoods, histories, timed=("alpha",), starts=STARTS, covariates=covariates
        )
        return BGNBDFit(**found)


@dataclass(frozen=True, kw_only=True)
class BGNBDFit(BetaGeometricFit):
    """BG/NBD fitted: rates of buying are gamma (r, alpha), chances of dropping out beta (a, b); alpha is a time.

    >>> fit = BGNBDFit(r=0.242595, alpha=4.413602, a=0.792920, b=2.425888)
    >>> fit.expected_purchases(39, frequency=2, last_purchase=30.43, age=38.86).round(3).item()
    1.226
    """

    MODEL: ClassVar = "bgnbd"
    AT_FIRST: ClassVar = False

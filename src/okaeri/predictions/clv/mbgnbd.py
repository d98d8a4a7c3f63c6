"""MBG/NBD: BG/NBD whose customers may also drop out right after their first purchase.

Source: Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for customer base
analysis", International Journal of Research in Marketing 24(3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from numpy.typing import ArrayLike

from okaeri.predictions.clv.betageometric import STARTS, BetaGeometricFit, log_likelihoods
from okaeri.predictions.clv.histories import Histories
from okaeri.predictions.clv.learning import fit_purchases


@dataclass(frozen=True, kw_only=True)
class MBGNBD:
    """The model before it has seen customers.

    >>> fit = MBGNBD().fit(frequency=[2, 0, 1, 0, 5], last_purchase=[30.4, 0, 2, 0, 30], age=[39, 38, 37, 36, 35])
    >>> fit.customers
    5
    """

    def fit(
        self, *, frequency: ArrayLike, last_purchase: ArrayLike, age: ArrayLike, covariates: ArrayLike | None = None
    ) -> MBGNBDFit:
        """The parameters under which these histories are most likely; times in any one unit, shape (customers,).

        `covariates` (customers, k) move the rates of buying and dropping out. Raises `OkaeriError` for a history that
        cannot be.
        """
        histories = Histories.of(frequency, last_purchase, age)
        likelihoods = partial(log_likelihoods, at_first=True)
        found = fit_purchases(MBGNBDFit, likelihoods, histories, timed=("alpha",), starts=STARTS, covariates=covariates)
        return MBGNBDFit(**found)


@dataclass(frozen=True, kw_only=True)
class MBGNBDFit(BetaGeometricFit):
    """MBG/NBD fitted: rates of buying are gamma (r, alpha), chances of dropping out beta (a, b); alpha is a time.

    >>> fit = MBGNBDFit(r=0.5248, alpha=6.1831, a=0.8914, b=1.6140)
    >>> fit.p_alive(frequency=[0, 1], last_purchase=[0, 38], age=39).round(3).tolist()
    [0.389, 0.739]
    """

    MODEL: ClassVar = "mbgnbd"
    AT_FIRST: ClassVar = True

"""Shifted-beta-geometric: contracts that end at a renewal with a chance of their own, which never changes.

Source: Fader & Hardie (2007), "How to project customer retention", Journal of Interactive Marketing 21(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from okaeri.predictions.clv.contracts import ContractFit, Contracts, fit_contracts
from okaeri.predictions.clv.fitting import Floats

_STARTS = ((1.0, 1.0), (0.7, 4.0), (5.0, 50.0))


@dataclass(frozen=True, kw_only=True)
class SBG:
    """The model before it has seen contracts.

    >>> fit = SBG().fit_survivors([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> fit.survival([8, 12]).round(4).tolist()
    [0.4604, 0.378]
    """

    def fit(self, *, renewals: ArrayLike, ended: ArrayLike, weight: ArrayLike | None = None) -> SBGFit:
        """The parameters under which these contracts are most likely, of any age; all of shape (contracts,).

        `renewals` is how often each was renewed, `ended` 1 where it was then not renewed again and 0 where it is
        running; `weight` counts equal contracts. Raises `OkaeriError` for numbers that cannot be.
        """
        return SBGFit(**fit_contracts(SBGFit, Contracts.of(renewals, ended, weight), starts=_STARTS))

    def fit_survivors(self, survivors: ArrayLike) -> SBGFit:
        """The same from one cohort: how many there were at the start and after each renewal, shape (renewals + 1,)."""
        return SBGFit(**fit_contracts(SBGFit, Contracts.surviving(survivors), starts=_STARTS))


@dataclass(frozen=True, kw_only=True)
class SBGFit(ContractFit):
    """sBG fitted: chances of ending at a renewal are beta (alpha, beta)."""

    NAMES: ClassVar = ("alpha", "beta")

    alpha: float
    beta: float

    def _logs_and_slopes(self, renewals: Floats) -> tuple[Floats, Floats]:
        """Equation 6 as ln B(alpha, beta + t) − ln B(alpha, beta), and its slopes by ln alpha and ln beta."""
        from scipy.special import gammaln, psi

        alpha, beta = self.alpha, self.beta
        logs = gammaln(beta + renewals) - gammaln(beta) - gammaln(alpha + beta + renewals) + gammaln(alpha + beta)
        both = psi(alpha + beta) - psi(alpha + beta + renewals)
        return logs, np.stack([alpha * both, beta * (both + psi(beta + renewals) - psi(beta))])

"""Beta-discrete-Weibull: contracts whose chance of ending at a renewal is their own and moves with their age.

Source: Fader, Hardie, Liu, Davin & Steenburgh (2018), "How to project customer retention revisited: the role of
duration dependence", Journal of Interactive Marketing 43.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from okaeri.predictions.clv.contracts import ContractFit, Contracts, fit_contracts
from okaeri.predictions.clv.fitting import Floats

_STARTS = ((1.0, 1.0, 1.0), (0.7, 4.0, 1.0), (0.3, 1.0, 1.6), (5.0, 50.0, 0.7))
_BOUNDS = ((-9.0, 9.0), (-9.0, 9.0), (-3.0, 3.0))


@dataclass(frozen=True, kw_only=True)
class BdW:
    """The model before it has seen contracts.

    >>> fit = BdW().fit_survivors([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> fit.survival([8, 12]).round(2).tolist()
    [0.47, 0.4]
    """

    def fit(self, *, renewals: ArrayLike, ended: ArrayLike, weight: ArrayLike | None = None) -> BdWFit:
        """The parameters under which these contracts are most likely, of any age; all of shape (contracts,).

        `renewals` is how often each was renewed, `ended` 1 where it was then not renewed again and 0 where it is
        running; `weight` counts equal contracts. Raises `OkaeriError` for numbers that cannot be.
        """
        return BdWFit(**fit_contracts(BdWFit, Contracts.of(renewals, ended, weight), starts=_STARTS, bounds=_BOUNDS))

    def fit_survivors(self, survivors: ArrayLike) -> BdWFit:
        """The same from one cohort: how many there were at the start and after each renewal, shape (renewals + 1,)."""
        return BdWFit(**fit_contracts(BdWFit, Contracts.surviving(survivors), starts=_STARTS, bounds=_BOUNDS))


@dataclass(frozen=True, kw_only=True)
class BdWFit(ContractFit):
    """BdW fitted: chances of ending are beta (alpha, beta), and c says how they move with age: above 1 they grow.

    At c = 1 this is the sBG model.
    """

    NAMES: ClassVar = ("alpha", "beta", "c")

    alpha: float
    beta: float
    c: float

    def _logs_and_slopes(self, renewals: Floats) -> tuple[Floats, Floats]:
        """Equation 5 as ln B(alpha, beta + t^c) − ln B(alpha, beta), and its slopes by ln alpha, ln beta and ln c."""
        from scipy.special import gammaln, psi

        alpha, beta, c = self.alpha, self.beta, self.c
        age = renewals**c
        logs = gammaln(beta + age) - gammaln(beta) - gammaln(alpha + beta + age) + gammaln(alpha + beta)
        both = psi(alpha + beta) - psi(alpha + beta + age)
        ageing = c * age * np.log(np.maximum(renewals, 1.0)) * (psi(beta + age) - psi(alpha + beta + age))
        return logs, np.stack([alpha * both, beta * (both + psi(beta + age) - psi(beta)), ageing])

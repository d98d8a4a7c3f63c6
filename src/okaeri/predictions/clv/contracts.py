"""What models of renewed contracts share: how many ended at which renewal, the search, and what a fit can be asked.

A model itself gives the logarithm of its survival curve and the slopes of that.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import z_score
from okaeri.base.text import _
from okaeri.predictions.clv.discounting import endless_sum
from okaeri.predictions.clv.fitted import Fitted, outcome
from okaeri.predictions.clv.fitting import Floats, maximise


@dataclass(frozen=True, kw_only=True)
class Contracts:
    """How many contracts ended after each number of renewals, and how many are running; shape (renewals + 1,) each.

    >>> Contracts.of([0, 2, 2], [1, 0, 1]).ended.tolist()
    [1.0, 0.0, 1.0]
    """

    ended: Floats
    running: Floats

    @classmethod
    def of(cls, renewals: ArrayLike, ended: ArrayLike, weight: ArrayLike | None = None) -> Contracts:
        """Count contracts by how often each was renewed and whether it then ended; `weight` counts equal ones.

        Raises `OkaeriError` for numbers that cannot be.
        """
        given = (renewals, ended, 1.0 if weight is None else weight)
        times, over, count = (each.ravel() for each in np.broadcast_arrays(*(np.asarray(e, np.float64) for e in given)))
        wrong = ~np.isfinite(times) | (times < 0) | (times != np.rint(times)) | ~np.isin(over, (0, 1)) | ~(count >= 0)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise OkaeriError(
                _("Contract {row} has {renewals} renewals, ended {ended} and counts {weight} times.").format(
                    row=row, renewals=times[row], ended=over[row], weight=count[row]
                ),
                advice=_("Count renewals from 0; ended is 1 for a contract that was not renewed again, else 0."),
            )
        ages = times.astype(np.int64)
        longest = int(ages.max(initial=0)) + 1
        ending, staying = (np.bincount(ages, count * each, longest).astype(np.float64) for each in (over, 1 - over))
        return cls(ended=ending, running=staying)._checked()

    @classmethod
    def surviving(cls, survivors: ArrayLike) -> Contracts:
        """Count the contracts of one cohort from how many there were at the start and after each renewal.

        >>> Contracts.surviving([100, 60, 45]).ended.tolist()
        [40.0, 15.0, 0.0]
        """
        left = np.asarray(survivors, np.float64).ravel()
        if len(left) < 2 or not np.isfinite(left).all() or (np.diff(left) > 0).any() or left[-1] < 0:
            raise OkaeriError(
                _("These are not the survivors of one cohort."),
                advice=_("Give how many there were at the start and after each renewal, never more than before."),
            )
        return cls(ended=np.r_[-np.diff(left), 0.0], running=np.r_[np.zeros(len(left) - 1), left[-1]])._checked()

    @property
    def customers(self) -> float:
        """How many contracts these are."""
        return float(self.ended.sum() + self.running.sum())

    def _checked(self) -> Contracts:
        renewable = self.ended.sum() + self.running[1:].sum()
        if not renewable > 0:
            raise OkaeriError(
                _("No contract here has come up for renewal yet."),
                advice=_("Wait for the first renewals, or give contracts that are older."),
            )
        return self


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The share of contracts still running after some renewals, and its band; shape of `renewals` each.

    The band is what the parameters' uncertainty does to the curve, NaN where it is not known.
    """

    renewals: Floats
    share: Floats
    low: Floats
    high: Floats
    level: float


@dataclass(frozen=True, kw_only=True)
class ContractFit(Fitted, ABC):
    """A model of renewals fitted; a contract is paid at its start and at each renewal, all periods being equal."""

    def survival(self, renewals: ArrayLike) -> Floats:
        """The probability that a new contract is renewed at least so many times; shape of `renewals`."""
        return np.exp(self._logs(_renewals(renewals, least=0)))

    def retention_rate(self, renewal: ArrayLike) -> Floats:
        """The share renewed at each renewal, from 1, of those still there; shape of `renewal`."""
        at = _renewals(renewal, least=1)
        return np.exp(self._logs(at) - self._logs(at - 1))

    def curve(self, renewals: ArrayLike, *, level: float = 0.95) -> Curve:
        """The survival curve with its band by the delta method on the scale of log odds."""
        at = _renewals(renewals, least=0)
        logs, slopes = self._logs_and_slopes(at)
        share = np.exp(logs)
        low, high = np.full(at.shape, np.nan), np.full(at.shape, np.nan)
        inside = (share > 0) & (share < 1)
        if self.covariance:
            spread = np.sqrt(np.maximum(np.einsum("i...,ij,j...->...", slopes, np.array(self.covariance), slopes), 0))
            odds = np.log(share[inside] / (1 - share[inside]))
            reach = z_score(level) * spread[inside] / (1 - share[inside])
            low, high = share.copy(), share.copy()
            low[inside], high[inside] = (1 / (1 + np.exp(-(odds + side * reach))) for side in (-1, 1))
        return Curve(renewals=at, share=share, low=low, high=high, level=level)

    def residual_renewals(self, renewals: ArrayLike, *, discount: float = 0.0, horizon: int | None = None) -> Floats:
        """How many further renewals to expect of contracts renewed so often; shape of `renewals`.

        The next renewal counts 1, the one after it 1 / (1 + discount), and so on: DERL of Fader & Hardie (2010),
        Marketing Science 29(1), equation 6, just before the next renewal. `discount` is the rate per renewal. Counts
        `horizon` renewals, or all there will ever be, for which a discount above zero is needed.
        """
        from_here = _renewals(renewals, least=0)
        if discount < 0 or (horizon is None and not discount > 0) or (horizon is not None and horizon < 0):
            raise OkaeriError(
                _("Renewals without end need a discount above zero, and a horizon is no negative number."),
                advice=_("Give a discount, such as 0.1 per renewal, or a horizon in renewals."),
            )
        kinds, kind = np.unique(from_here, return_inverse=True)
        return self._residual(kinds, math.log1p(discount), horizon)[kind].reshape(from_here.shape)

    def clv(
        self,
        payment: ArrayLike,
        *,
        annual_discount: float,
        renewals_per_year: float,
        renewals: ArrayLike | None = None,
        horizon: int | None = None,
    ) -> Floats:
        """What contracts are worth in the money of `payment`, the contribution of one period; shape of the inputs.

        For new contracts (`renewals` None) just before their first payment, which counts whole; for contracts renewed
        so often just before their next renewal. `annual_discount` 0.1 makes money a year ahead worth 1 / 1.1. Counts
        `horizon` renewals, or all there will ever be.
        """
        if not renewals_per_year > 0 or not annual_discount > -1:
            raise OkaeriError(
                _("{n} renewals a year at a discount of {discount} cannot be.").format(
                    n=renewals_per_year, discount=annual_discount
                ),
                advice=_("Give the renewals in a year, such as 12, and the discount of a year, such as 0.1."),
            )
        rate = math.expm1(math.log1p(annual_discount) / renewals_per_year)
        paid = np.asarray(payment, np.float64)
        if renewals is not None:
            return paid * self.residual_renewals(renewals, discount=rate, horizon=horizon)
        return paid * (1 + self.residual_renewals(0, discount=rate, horizon=horizon) / (1 + rate))

    def _residual(self, kinds: Floats, force: float, horizon: int | None) -> Floats:
        start = self._logs(kinds)

        def term(ahead: float) -> Floats:
            return np.exp(self._logs(kinds + ahead) - start - force * (ahead - 1))

        if horizon is None:
            return endless_sum(term, force=force)
        return sum((term(ahead) for ahead in range(1, horizon + 1)), np.zeros(len(kinds)))

    def _logs(self, renewals: Floats) -> Floats:
        return self._logs_and_slopes(renewals)[0]

    @abstractmethod
    def _logs_and_slopes(self, renewals: Floats) -> tuple[Floats, Floats]:
        """The logarithm of survival, and its slopes by those of the parameters, one more dimension in front."""


def fit_contracts(
    fitted: type[ContractFit],
    contracts: Contracts,
    *,
    starts: Sequence[Sequence[float]],
    bounds: Sequence[tuple[float, float]] | None = None,
) -> dict[str, Any]:
    """Search a model's parameters and give all that its fit is made of; `starts` are natural parameters."""

    def likelihood(theta: Floats) -> tuple[float, Floats]:
        model = fitted(**dict(zip(fitted.NAMES, np.exp(theta).tolist(), strict=True)))
        value, slope = _likelihood(model, contracts)
        return value / contracts.customers, slope / contracts.customers

    optimum = maximise(
        likelihood,
        names=fitted.NAMES,
        starts=np.log(starts).tolist(),
        customers=contracts.customers,
        bounds=bounds,
    )
    values = dict(zip(fitted.NAMES, np.exp(optimum.theta).tolist(), strict=True))
    return outcome(optimum, values, customers=contracts.customers)


def _likelihood(model: ContractFit, contracts: Contracts) -> tuple[float, Floats]:
    """Σ ended ln(S(t) − S(t + 1)) + Σ running ln S(t) and its slopes: equation 4 of Fader & Hardie (2007), censored."""
    renewals = np.arange(len(contracts.ended) + 1.0)
    logs, slopes = model._logs_and_slopes(renewals)
    kept = np.exp(np.diff(logs))
    # a rate of renewal that rounds to one would make an end impossible
    lost = np.maximum(-np.expm1(np.diff(logs)), 1e-300)
    ending = contracts.ended @ (logs[:-1] + np.log(lost)) + contracts.running @ logs[:-1]
    of_ended = (slopes[:, :-1] - kept * slopes[:, 1:]) / lost
    return float(ending), of_ended @ contracts.ended + slopes[:, :-1] @ contracts.running


def _renewals(given: ArrayLike, *, least: int) -> Floats:
    times = np.asarray(given, np.float64)
    if not np.isfinite(times).all() or (times < least).any():
        raise OkaeriError(
            _("A number of renewals is missing or smaller than {least}.").format(least=least),
            advice=_("Count renewals from {least}.").format(least=least),
        )
    return times

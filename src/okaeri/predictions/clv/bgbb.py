"""BG/BB: customers who may buy once at each of some opportunities, such as a yearly appeal, and quietly leave.

Source: Fader, Hardie & Shang (2010), "Customer-base analysis in a discrete-time noncontractual setting", Marketing
Science 29(6).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.predictions.clv.discounting import endless_sum
from okaeri.predictions.clv.fitted import Fitted, outcome
from okaeri.predictions.clv.fitting import Floats, maximise
from okaeri.predictions.clv.histories import Ints, once_each, unique

_STARTS = ((1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 0.5, 5.0), (0.5, 3.0, 1.0, 10.0))


@dataclass(frozen=True, kw_only=True)
class BGBB:
    """The model before it has seen customers.

    >>> fit = BGBB().fit(frequency=[0, 1, 2, 6], last_purchase=[0, 3, 5, 6], opportunities=6, weight=[40, 9, 12, 20])
    >>> fit.customers
    81.0
    """

    def fit(
        self,
        *,
        frequency: ArrayLike,
        last_purchase: ArrayLike,
        opportunities: ArrayLike,
        weight: ArrayLike | None = None,
    ) -> BGBBFit:
        """The parameters under which these histories are most likely; all of shape (customers,) or one number.

        `frequency` counts the opportunities that were taken (x), `last_purchase` is the number of the latest taken one
        (t_x, 0 without one), `opportunities` how many there were (n); the first purchase is before them all. `weight`
        counts customers with one history. Raises `OkaeriError` for a history that cannot be.
        """
        x, last, n = _checked(frequency, last_purchase, opportunities)
        count = np.broadcast_to(np.asarray(1.0 if weight is None else weight, np.float64), x.shape).ravel()
        if not (np.isfinite(count).all() and (count >= 0).all() and count.sum() > 0):
            raise OkaeriError(
                _("The weights do not count customers."), advice=_("Give numbers of zero or more, and not only zeros.")
            )
        rows = _Rows.of(x.ravel(), last.ravel(), n.ravel(), count)
        optimum = maximise(
            rows.likelihood, names=BGBBFit.NAMES, starts=np.log(_STARTS).tolist(), customers=rows.customers
        )
        values = dict(zip(BGBBFit.NAMES, np.exp(optimum.theta).tolist(), strict=True))
        return BGBBFit(**outcome(optimum, values, customers=rows.customers))


@dataclass(frozen=True, kw_only=True)
class BGBBFit(Fitted):
    """BG/BB fitted: chances of buying are beta (alpha, beta), of leaving before an opportunity beta (gamma, delta).

    >>> fit = BGBBFit(alpha=1.2035, beta=0.7497, gamma=0.6567, delta=2.7834)
    >>> fit.p_alive(frequency=[0, 2, 6], last_purchase=[0, 4, 6], opportunities=6).round(2).tolist()
    [0.11, 0.59, 0.93]
    >>> fit.expected_purchases(5, frequency=6, last_purchase=6, opportunities=6).round(2).item()
    3.75
    """

    NAMES: ClassVar = ("alpha", "beta", "gamma", "delta")

    alpha: float
    beta: float
    gamma: float
    delta: float

    def p_alive(self, *, frequency: ArrayLike, last_purchase: ArrayLike, opportunities: ArrayLike) -> Floats:
        """The probability that each customer is still one at the next opportunity, appendix A; shape (customers,)."""
        return self._ask(
            lambda rows: self._alive(rows, 1, self._likelihoods(rows)), frequency, last_purchase, opportunities
        )

    def expected_purchases(
        self, horizon: int, *, frequency: ArrayLike, last_purchase: ArrayLike, opportunities: ArrayLike
    ) -> Floats:
        """How many of the next `horizon` opportunities to expect each customer to take; shape (customers,).

        Equation 11 as its sum over opportunities, which has no hole at gamma = 1.
        """
        if horizon != int(horizon) or horizon < 0:
            raise OkaeriError(
                _("{horizon} is no number of opportunities.").format(horizon=horizon),
                advice=_("Give a whole number of zero or more."),
            )

        def formula(rows: _Rows) -> Floats:
            seen = self._likelihoods(rows)
            ahead = (self._alive(rows, step, seen) for step in range(1, int(horizon) + 1))
            return self._chance(rows) * sum(ahead, np.zeros(len(rows.x)))

        return self._ask(formula, frequency, last_purchase, opportunities)

    def discounted_purchases(
        self, discount: float, *, frequency: ArrayLike, last_purchase: ArrayLike, opportunities: ArrayLike
    ) -> Floats:
        """How many purchases to expect ever after, each k opportunities ahead worth (1 + discount)^-k; (customers,).

        `discount` is the rate from one opportunity to the next. DERT of equation 14, as a sum.
        """
        if not (math.isfinite(discount) and discount > 0):
            raise OkaeriError(
                _("A discount of {discount} from one opportunity to the next does not end the sum.").format(
                    discount=discount
                ),
                advice=_("Give a rate above zero, such as 0.1, or ask for a horizon."),
            )
        force = math.log1p(discount)

        def formula(rows: _Rows) -> Floats:
            seen = self._likelihoods(rows)
            worth = endless_sum(lambda ahead: self._alive(rows, ahead, seen) * math.exp(-force * ahead), force=force)
            return self._chance(rows) * worth

        return self._ask(formula, frequency, last_purchase, opportunities)

    def _ask(
        self,
        formula: Callable[[_Rows], Floats],
        frequency: ArrayLike,
        last_purchase: ArrayLike,
        opportunities: ArrayLike,
    ) -> Floats:
        columns = _checked(frequency, last_purchase, opportunities)

        def of_rows(x: Floats, last: Floats, n: Floats) -> Floats:
            return formula(_Rows(x=x, last=last, n=n, count=np.ones(len(x))))

        return once_each(of_rows, *(column.ravel() for column in columns)).reshape(columns[0].shape)

    def _alive(self, rows: _Rows, ahead: float, likelihoods: Floats) -> Floats:
        """The probability of being a customer at the opportunity that is `ahead` after those seen."""
        from scipy.special import betaln

        seen = betaln(self.alpha + rows.x, self.beta + rows.n - rows.x) - betaln(self.alpha, self.beta)
        stays = betaln(self.gamma, self.delta + rows.n + ahead) - betaln(self.gamma, self.delta)
        logs: Floats = seen + stays - likelihoods
        return np.exp(logs)

    def _chance(self, rows: _Rows) -> Floats:
        """The chance of buying at an opportunity of somebody who has stayed until now."""
        return (self.alpha + rows.x) / (self.alpha + self.beta + rows.n)

    def _likelihoods(self, rows: _Rows) -> Floats:
        return rows.terms(self.alpha, self.beta, self.gamma, self.delta)[0]


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Different histories with their counts, and what may have happened in each: left after `last` + i, or stayed.

    `row` is the history of each such course and `until` the opportunities it stayed for; n means to the end.
    """

    x: Floats
    last: Floats
    n: Floats
    count: Floats

    @classmethod
    def of(cls, x: Floats, last: Floats, n: Floats, count: Floats) -> _Rows:
        rows, kind, _counts = unique((x, last, n))
        together = np.bincount(kind, count).astype(np.float64)
        return cls(x=x[rows], last=last[rows], n=n[rows], count=together)

    @property
    def customers(self) -> float:
        return float(self.count.sum())

    @cached_property
    def courses(self) -> Ints:
        return (self.n - self.last + 1).astype(np.int64)

    @cached_property
    def starts(self) -> Ints:
        return np.cumsum(self.courses) - self.courses

    @cached_property
    def row(self) -> Ints:
        return np.repeat(np.arange(len(self.x)), self.courses)

    @cached_property
    def until(self) -> Floats:
        return self.last[self.row] + np.arange(len(self.row)) - self.starts[self.row]

    @cached_property
    def stayed(self) -> NDArray[np.bool_]:
        return np.equal(self.until, self.n[self.row])

    def terms(self, alpha: float, beta: float, gamma: float, delta: float) -> tuple[Floats, Floats]:
        """The logarithm of equation 4 for each history, and the share that each course has in it."""
        logs = (
            _of_counts("gammaln", alpha, self.x[self.row])
            + _of_counts("gammaln", beta, self.until - self.x[self.row])
            - _of_counts("gammaln", alpha + beta, self.until)
            + _of_counts("gammaln", delta, self.until)
            - _of_counts("gammaln", gamma + delta + 1, self.until)
            + math.log(gamma)
            + np.where(self.stayed, np.log((gamma + delta + self.until) / gamma), 0.0)
        )
        top = np.maximum.reduceat(logs, self.starts)
        shares = np.exp(logs - top[self.row])
        whole = np.add.reduceat(shares, self.starts)
        ends = math.lgamma(alpha + beta) + math.lgamma(gamma + delta)
        before = math.lgamma(alpha) + math.lgamma(beta) + math.lgamma(delta)
        return top + np.log(whole) + ends - before, shares / whole[self.row]

    def likelihood(self, theta: Floats) -> tuple[float, Floats]:
        """The mean of equation 4 and its slopes by the logarithms of the parameters."""
        from scipy.special import psi

        alpha, beta, gamma, delta = np.exp(theta).tolist()
        found, share = self.terms(alpha, beta, gamma, delta)
        x = self.x[self.row]
        either = _of_counts("psi", alpha + beta, self.until)
        leaving = _of_counts("psi", gamma + delta + 1, self.until)
        ends = np.where(self.stayed, 1 / (gamma + delta + self.until), 0.0)
        slopes = (
            _of_counts("psi", alpha, x) - either - psi(alpha) + psi(alpha + beta),
            _of_counts("psi", beta, self.until - x) - either - psi(beta) + psi(alpha + beta),
            ends + np.where(self.stayed, 0.0, 1 / gamma) - leaving + psi(gamma + delta),
            ends + _of_counts("psi", delta, self.until) - leaving - psi(delta) + psi(gamma + delta),
        )
        weight = self.count[self.row] * share / self.customers
        slope = np.array([value * float(weight @ each) for value, each in zip(np.exp(theta), slopes, strict=True)])
        return float(self.count @ found) / self.customers, slope


def _of_counts(function: str, start: float, counts: Floats) -> Floats:
    """A function of a number plus whole counts, computed once for each count there can be."""
    import scipy.special

    table: Floats = getattr(scipy.special, function)(start + np.arange(counts.max(initial=0.0) + 1))
    return table[counts.astype(np.int64)]


def _checked(frequency: ArrayLike, last_purchase: ArrayLike, opportunities: ArrayLike) -> tuple[Floats, Floats, Floats]:
    columns = np.broadcast_arrays(*(np.asarray(e, np.float64) for e in (frequency, last_purchase, opportunities)))
    x, last, n = columns
    if not x.size:
        raise OkaeriError(_("There are no customers to learn from."), advice=_("Give at least one purchase history."))
    whole = np.logical_and.reduce([np.isfinite(each) & (each == np.rint(each)) & (each >= 0) for each in columns])
    rules: tuple[tuple[NDArray[np.bool_], Text], ...] = (
        (~whole, _("these are not whole numbers of zero or more")),
        (last > n, _("the last purchase comes after the opportunities that were seen")),
        ((x > last) | ((x == 0) != (last == 0)), _("the last purchase does not fit the number of purchases")),
    )
    for wrong, why in rules:
        if wrong.any():
            row = int(np.argmax(wrong))
            raise OkaeriError(
                _("Customer {row} took {x} of {n} opportunities, the latest at number {last}: {why}.").format(
                    row=row, x=x.flat[row], n=n.flat[row], last=last.flat[row], why=why
                ),
                advice=_("Number the opportunities after the first purchase from 1, and count those that were taken."),
            )
    return x, last, n

"""Pareto/NBD: customers buy at random at a rate of their own until a life of their own ends, unseen, at any moment.

Sources: Schmittlein, Morrison & Colombo (1987), "Counting your customers", Management Science 33(1); Fader & Hardie
(2005), "A note on deriving the Pareto/NBD model". The integral over the moment of leaving is taken as it stands, by
Gauss and Legendre, where the notes have hypergeometric functions that overflow for frequent buyers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from okaeri.predictions.clv.counting import counts
from okaeri.predictions.clv.covariates import Values
from okaeri.predictions.clv.histories import Compressed, Floats, Histories, Number
from okaeri.predictions.clv.learning import fit_purchases
from okaeri.predictions.clv.purchases import PurchaseFit

# r, alpha, s and beta where a purchase is made once in a unit of time: many leave, few do
_STARTS = ((0.5, 0.5, 0.5, 0.5), (1.0, 1.0, 0.5, 5.0))
_NODES = 24
_ROWS = 512
# where a density that falls by e^-45 or more ends
_FADED = 45.0
_AHEAD = 64


@dataclass(frozen=True, kw_only=True)
class ParetoNBD:
    """The model before it has seen customers.

    >>> fit = ParetoNBD().fit(frequency=[2, 0, 1, 0, 5], last_purchase=[30.4, 0, 2, 0, 30], age=[39, 38, 37, 36, 35])
    >>> fit.customers
    5
    """

    def fit(
        self, *, frequency: ArrayLike, last_purchase: ArrayLike, age: ArrayLike, covariates: ArrayLike | None = None
    ) -> ParetoNBDFit:
        """The parameters under which these histories are most likely; times in any one unit, shape (customers,).

        `covariates` (customers, k) move the rates of buying and leaving. Raises `OkaeriError` for a history that cannot
        be.
        """
        histories = Histories.of(frequency, last_purchase, age)
        found = fit_purchases(
            ParetoNBDFit, log_likelihoods, histories, timed=("alpha", "beta"), starts=_STARTS, covariates=covariates
        )
        return ParetoNBDFit(**found)


@dataclass(frozen=True, kw_only=True)
class ParetoNBDFit(PurchaseFit):
    """Pareto/NBD fitted: rates of buying are gamma (r, alpha), rates of leaving gamma (s, beta); alpha, beta are times.

    >>> fit = ParetoNBDFit(r=0.55315, alpha=10.57633, s=0.60625, beta=11.67150)
    >>> fit.p_alive(frequency=26, last_purchase=30 + 6 / 7, age=31).round(6).item()
    0.997874
    """

    MODEL: ClassVar = "paretonbd"
    NAMES: ClassVar = ("r", "alpha", "s", "beta")
    MOVED: ClassVar = {"alpha": -1.0, "beta": -1.0}

    r: float
    alpha: float
    s: float
    beta: float

    @property
    def _depth(self) -> int:
        return 2

    def _p_alive(self, histories: Histories, values: Values) -> Floats:
        return _Lives.of(histories, values).alive

    def _expected(self, horizon: Number, histories: Histories, values: Values) -> Floats:
        stays = values["beta"] + histories.age
        return self._rate(histories, values) * stays * _powers(np.log1p(horizon / stays), 1 - values["s"])

    def _pairs(self, horizon: Number, histories: Histories, values: Values) -> Floats:
        """Twice the integral of the time ahead while alive, times the mean of the squared rate."""
        stays = values["beta"] + histories.age
        far = np.log1p(horizon / stays)
        rate = self._rate(histories, values)
        squared = rate * (rate + 1 / (values["alpha"] + histories.age))
        return 2 * squared * stays**2 * (_powers(far, 2 - values["s"]) - _powers(far, 1 - values["s"]))

    def _distribution(self, up_to: int, horizon: Number, histories: Histories, values: Values) -> Floats:
        """Those who stay for the whole horizon, and those who leave at each moment of it."""
        shape, since = values["r"] + histories.frequency, values["alpha"] + histories.age
        s, stays = values["s"], values["beta"] + histories.age
        crowd = 1 / ((shape + 1) / since + (s + 1) / stays)
        far = np.log1p(horizon / crowd)
        found = (1 + horizon / stays)[:, None] ** -s * counts(shape, horizon / (since + horizon), up_to + 1)
        for node, weight in zip(*_legendre(_AHEAD), strict=True):
            at = crowd * np.expm1(node * far)
            leaves = weight * far * (at + crowd) * s / stays * (1 + at / stays) ** (-s - 1)
            found += leaves[:, None] * counts(shape, at / (since + at), up_to + 1)
        return found

    def _rate(self, histories: Histories, values: Values) -> Floats:
        return (values["r"] + histories.frequency) / (values["alpha"] + histories.age)


def log_likelihoods(rows: Compressed, values: Values) -> tuple[Floats, Values]:
    """Each history's log-likelihood and its slopes by the logs of r, alpha, s and beta."""
    from scipy.special import gammaln, psi

    r, alpha, s, beta = (values[name] for name in ParetoNBDFit.NAMES)
    lives = _Lives.of(rows, values)
    buying, leaving = np.log(alpha / (alpha + rows.last_purchase)), np.log(beta / (beta + rows.last_purchase))
    learnt = (gammaln(r + rows.levels) - gammaln(r))[rows.level]
    shape = r + rows.frequency
    found = learnt + r * buying - rows.frequency * np.log(alpha + rows.last_purchase) + s * leaving + lives.log_whole
    slopes: Values = {
        "r": r * ((psi(r + rows.levels) - psi(r))[rows.level] + buying - lives.log_alpha),
        "alpha": r - alpha * shape * lives.per_alpha,
        "s": s * (leaving - lives.log_beta) + 1 - lives.alive,
        "beta": s - beta * (s * lives.per_beta + lives.per_beta_gone),
    }
    return found, slopes


@dataclass(frozen=True, kw_only=True)
class _Lives:
    """What histories tell of the moment m until which somebody was a customer; arrays have shape (histories,).

    `log_whole` is the log of what a history weighs beside that of somebody known to be alive at the last purchase t.
    The others are expectations: of being `alive`, of log((alpha + m) / (alpha + t)), of 1 / (alpha + m), the same of
    beta, and of 1 / (beta + m) for those who left.
    """

    log_whole: Floats
    alive: Floats
    log_alpha: Floats
    per_alpha: Floats
    log_beta: Floats
    per_beta: Floats
    per_beta_gone: Floats

    @classmethod
    def of(cls, rows: Histories | Compressed, values: Values) -> _Lives:
        """So many rows at one time as a processor keeps at hand."""
        size = len(rows.frequency)
        everything = np.empty((7, size))
        columns = (rows.frequency, rows.last_purchase, rows.age)
        for begin in range(0, size, _ROWS):
            part = slice(begin, begin + _ROWS)
            own = (values[name] for name in ParetoNBDFit.NAMES)
            here = (each[part] if isinstance(each, np.ndarray) else each for each in own)
            everything[:, part] = _lives(*(column[part] for column in columns), *here)
        return cls(**dict(zip(cls.__dataclass_fields__, everything, strict=True)))


def _lives(
    x: Floats, t_x: Floats, age: Floats, r: Number, alpha: Number, s: Number, beta: Number
) -> tuple[Floats, ...]:
    """The fields of `_Lives`, by nodes on the log scale of time since alpha or beta, whichever is the smaller."""
    nodes, weights = _legendre(_NODES)
    buys, leaves, shape = alpha + t_x, beta + t_x, r + x
    first = buys <= leaves
    near, far = np.minimum(buys, leaves), np.maximum(buys, leaves)
    here, there = np.where(first, shape, s + 1), np.where(first, s + 1, shape)
    steep = here - 1 + there * near / far
    end = np.minimum(np.log1p((age - t_x) / near), _FADED / np.maximum(steep, 1e-9))

    log_near = nodes[:, None] * end
    grown = np.exp(log_near)
    spread = 1 + near / far * (grown - 1)
    log_far = np.log(spread)
    left = np.exp((1 - here) * log_near - there * log_far)

    bought, lasted = np.log1p((age - t_x) / buys), np.log1p((age - t_x) / leaves)
    stayed, step = np.exp(-shape * bought - s * lasted), s * near / leaves * end
    whole = stayed + step * (weights @ left)
    alive, step = stayed / whole, step / whole
    logs = step * (weights @ (left * log_near)), step * (weights @ (left * log_far))
    pers = step / near * (weights @ (left / grown)), step / far * (weights @ (left / spread))
    log_alpha, log_beta = np.where(first, logs, logs[::-1])
    per_alpha, per_beta = np.where(first, pers, pers[::-1])
    return (
        np.log(whole), alive,
        log_alpha + alive * bought, per_alpha + alive / (alpha + age),
        log_beta + alive * lasted, per_beta + alive / (beta + age), per_beta,
    )  # fmt: skip


def _powers(far: Floats, power: Number) -> Floats:
    """The integral of e^(power v) over v from 0 to `far`, also for power 0."""
    from scipy.special import exprel

    found: Floats = far * exprel(power * far)
    return found


@cache
def _legendre(size: int) -> tuple[Floats, Floats]:
    """Nodes and weights for an integral from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(size)
    return (nodes + 1) / 2, weights / 2

"""Customers who buy at a gamma-distributed rate and may drop out at each purchase by a beta-distributed chance.

What BG/NBD, MBG/NBD and MBG/CNBD-k share: only repeat purchases may be the last, or the first one too; and a purchase
is every event of a Poisson process, or each k-th. Source: Platzer & Reutterer (2016), "Ticking away the moments".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from okaeri.predictions.clv.alive import Alive
from okaeri.predictions.clv.covariates import Values
from okaeri.predictions.clv.histories import Compressed, Floats, Histories, Number
from okaeri.predictions.clv.purchases import PurchaseFit

NAMES = ("r", "alpha", "a", "b")
MOVED = {"alpha": -1.0, "a": 1.0, "b": 1.0}
# the four of them where a purchase is made once in a unit of time: many drop out, or most at once and the others never
STARTS = ((0.25, 0.12, 1.0, 3.0), (2.0, 0.7, 0.6, 0.3))


@dataclass(frozen=True, kw_only=True)
class BetaGeometricFit(PurchaseFit):
    """A fit with rates that are gamma (r, alpha) and chances of dropping out that are beta (a, b); alpha is a time."""

    NAMES: ClassVar = NAMES
    MOVED: ClassVar = MOVED
    AT_FIRST: ClassVar[bool]

    r: float
    alpha: float
    a: float
    b: float

    @property
    def _events(self) -> int:
        """Events of the Poisson process for each purchase."""
        return 1

    def _p_alive(self, histories: Histories, values: Values) -> Floats:
        from scipy.special import expit

        x, shape = histories.frequency, values["r"] + self._events * histories.frequency
        lasted = np.log((values["alpha"] + histories.age) / (values["alpha"] + histories.last_purchase))
        may = self.AT_FIRST | (x > 0)
        odds = np.log(values["a"]) - np.log(np.where(may, values["b"] + x - 1 + self.AT_FIRST, 1.0)) + shape * lasted
        stages = _stages(histories, shape, values["alpha"], self._events)
        return np.where(may, expit(np.log(stages.sum(axis=0)) - odds), 1.0)

    def _alive(self, histories: Histories, values: Values) -> Alive:
        shape = values["r"] + self._events * histories.frequency
        stages = _stages(histories, shape, values["alpha"], self._events)
        return Alive(
            shape=shape,
            since=values["alpha"] + histories.age,
            stages=stages / stages.sum(axis=0),
            a=values["a"],
            b=values["b"] + histories.frequency + self.AT_FIRST,
        )

    def _expected(self, horizon: Number, histories: Histories, values: Values) -> Floats:
        return self._alive(histories, values).expected(horizon)

    def _pairs(self, horizon: Number, histories: Histories, values: Values) -> Floats:
        return self._alive(histories, values).pairs(horizon)

    def _distribution(self, up_to: int, horizon: Number, histories: Histories, values: Values) -> Floats:
        return self._alive(histories, values).distribution(up_to, horizon)


def log_likelihoods(
    rows: Compressed, values: Values, *, events: int = 1, at_first: bool = False
) -> tuple[Floats, Values]:
    """Each history's log-likelihood and its slopes by the logs of r, alpha, a and b.

    It leaves out what no parameter moves: the product of the gaps to the power of `events` - 1, and its factorial.
    """
    from scipy.special import gammaln, psi

    r, alpha, a, b = (values[name] for name in NAMES)
    everybody = np.ndim(alpha) == 0
    n = rows.levels if everybody else rows.frequency

    def each(of_count: Floats) -> Floats:
        return of_count[rows.level] if everybody else of_count

    shape, stays = r + events * n, b + n + at_first
    may = at_first | (n > 0)
    behind = np.where(may, stays - 1, 1.0)
    lost = psi(a + b) - psi(a + stays)
    shapes, end, last = each(shape), np.log(alpha + rows.age), np.log(alpha + rows.last_purchase)
    pace, by_shape, by_time = _pace(rows, shapes, alpha, events)
    gone = each(np.where(may, np.log(a) - np.log(behind), -np.inf)) + shapes * (end - last) - pace
    small = np.exp(-np.abs(gone))
    w = np.exp(np.minimum(gone, 0.0)) / (1 + small)
    settled = gammaln(shape) - gammaln(r) + r * np.log(alpha) + gammaln(stays) - gammaln(b)
    settled += gammaln(a + b) - gammaln(a + stays)
    found = each(settled) - shapes * end + pace + np.maximum(gone, 0.0) + np.log1p(small)
    slopes: Values = {
        "r": r * (each(psi(shape) - psi(r) + np.log(alpha)) - end + w * (end - last) + (1 - w) * by_shape),
        "alpha": r - alpha * (
            shapes * ((1 - w) / (alpha + rows.age) + w / (alpha + rows.last_purchase)) + (1 - w) * by_time
        ),
        "a": each(a * lost) + w,
        "b": each(b * (lost + psi(stays) - psi(b))) - w * each(b / behind),
    }  # fmt: skip
    return found, slopes


def _stages(rows: Histories | Compressed, shape: Floats, alpha: Number, events: int) -> Floats:
    """How likely 0 … `events` - 1 events since the last purchase are, in multiples of none; shape (events, rows)."""
    silent = (rows.age - rows.last_purchase) / (alpha + rows.age)
    found = np.ones((events, len(shape)))
    for j in range(1, events):
        found[j] = found[j - 1] * silent * (shape + j - 1) / j
    return found


def _pace(rows: Compressed, shape: Floats, alpha: Number, events: int) -> tuple[Number, Number, Number]:
    """The log of the stages' sum, and its slopes by the shape and by minus alpha."""
    if events == 1:
        return 0.0, 0.0, 0.0
    stages = _stages(rows, shape, alpha, events)
    whole = stages.sum(axis=0)
    steps = np.cumsum([1 / (shape + j) for j in range(events - 1)], axis=0)
    by_time = (np.arange(1, events) @ stages[1:]) / whole / (alpha + rows.age)
    return np.log(whole), (steps * stages[1:]).sum(axis=0) / whole, by_time

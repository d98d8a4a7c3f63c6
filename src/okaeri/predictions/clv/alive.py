"""What customers known to be alive may still buy, where each purchase may be their last: means, pairs, distributions.

Whether they are alive, and what their histories taught, is `betageometric`'s work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from okaeri.predictions.clv.counting import counts
from okaeri.predictions.clv.histories import Floats, Ints, Number

_CLOSE, _BESIDE = 1e-6, 1e-5
_NOTHING = 1e-11
_STEEP = 50.0
_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class Alive:
    """Customers known to be alive, after what their histories taught.

    Rates are gamma (shape, since), chances of dropping out beta (a, b). A purchase takes as many events as there are
    `stages`, whose probabilities tell how many of them have happened; they have shape (events, customers).

    The number of purchases ahead is the lesser of two independent numbers: how many there is time for, and how many it
    takes to drop out. That gives its distribution, for any number of events, without approximation.
    """

    shape: Floats
    since: Floats
    stages: Floats
    a: Number
    b: Floats

    def expected(self, horizon: Number) -> Floats:
        """The expectation of the number N of purchases."""
        return self._moment(0, _mean, horizon)

    def pairs(self, horizon: Number) -> Floats:
        """The expectation of N (N - 1)."""
        return self._moment(1, _pairs, horizon)

    def distribution(self, up_to: int, horizon: Number) -> Floats:
        """The probabilities of N = 0 … `up_to`; shape (customers, up_to + 1)."""
        return -np.diff(self.at_least(up_to + 1, horizon), axis=1)

    def at_least(self, most: int, horizon: Number) -> Floats:
        """The probabilities of N >= 0 … `most`; shape (customers, most + 1)."""
        n = np.arange(most - 1)
        b = self.b[:, None]
        stays = np.cumprod((b + n) / (np.reshape(self.a, (-1, 1)) + b + n), axis=1)
        found = np.ones((len(self.shape), most + 1))
        found[:, 1:] = np.maximum(1 - np.cumsum(self._purchases(most, horizon), axis=1), 0.0)
        found[:, 2:] *= stays
        return found

    def _purchases(self, most: int, horizon: Number) -> Floats:
        """The probabilities that there is time for 0 … `most` - 1 purchases; shape (customers, most)."""
        events = len(self.stages)
        found = np.zeros((len(self.shape), events * most))
        for stage, chance in enumerate(self.stages):
            share = horizon / (self.since + horizon)
            found[:, stage:] += chance[:, None] * counts(self.shape + stage, share, events * most - stage)
        purchases: Floats = found.reshape(len(found), most, events).sum(axis=2)
        return purchases

    def _moment(self, place: int, formula: Callable[..., Floats], horizon: Number) -> Floats:
        """In closed form, or by a sum where there is none or it would overflow."""
        summed = np.broadcast_to((len(self.stages) > 1) | (np.asarray(self.a) > _STEEP), len(self.shape))
        if not summed.any():
            return self._closed(formula, horizon)
        found = np.empty(len(self.shape))
        slow, fast = np.flatnonzero(summed), np.flatnonzero(~summed)
        found[slow] = self._only(slow)._summed(_of(horizon, slow))[place]
        found[fast] = self._only(fast)._closed(formula, _of(horizon, fast))
        return found

    def _closed(self, formula: Callable[..., Floats], horizon: Number) -> Floats:
        """A formula of a and b, by p at (a + 1, b) and by 1 - p at (a, b + 1): a + b - 1 must not be next to 0."""
        ahead = horizon / self.since
        whole = self.a + self.b
        left = formula(ahead, self.shape, self.a + 1, self.b)
        right = formula(ahead, self.shape, self.a, self.b + 1)
        return (self.a * left + self.b * right) / whole

    def _summed(self, horizon: Number) -> tuple[Floats, Floats]:
        """The expectations of N and of N (N - 1), by the probabilities of N >= n that are more than next to nothing."""
        mean, pairs = np.zeros(len(self.shape)), np.zeros(len(self.shape))
        open_, most = np.arange(len(self.shape)), 15
        while len(open_):
            reach = self._only(open_).at_least(most, _of(horizon, open_))
            mean[open_] = reach[:, 1:].sum(axis=1)
            pairs[open_] = 2 * reach[:, 2:] @ np.arange(1, most)
            open_ = open_[(reach[:, -1] * most > _NOTHING) & (most < _MOST)]
            most = 2 * most + 1
        return mean, pairs

    def _only(self, rows: Ints) -> Alive:
        return Alive(
            shape=self.shape[rows], since=self.since[rows], stages=self.stages[:, rows],
            a=_of(self.a, rows), b=self.b[rows],
        )  # fmt: skip


def _of(number: Number, rows: Ints) -> Number:
    return number[rows] if isinstance(number, np.ndarray) else number


def _mean(ahead: Floats, shape: Floats, a: Number, b: Floats) -> Floats:
    """Equation 10 of Fader, Hardie & Lee (2005) without its divisor; `ahead` is the horizon in multiples of `since`."""

    def formula(a: Number) -> Floats:
        return (a + b - 1) / (a - 1) * (1 - _discounted(ahead, shape, a - 1, b))

    return _over_the_hole(formula, a)


def _pairs(ahead: Floats, shape: Floats, a: Number, b: Floats) -> Floats:
    """The expectation of N (N - 1): that of 2 (1 - p) / p² · (1 - (1 + p h)^-s - s p h (1 + p h)^-(s + 1)) over p."""

    def formula(a: Number) -> Floats:
        twice = (a + b - 1) / ((a - 1) * (a - 2)) * (1 - _discounted(ahead, shape, a - 2, b + 1))
        return 2 * b * (twice - ahead * shape / (a - 1) * _discounted(ahead, shape + 1, a - 1, b + 1))

    return _over_the_hole(formula, a)


def _discounted(ahead: Floats, shape: Floats, a: Number, b: Floats) -> Floats:
    """The expectation of (1 + p h)^-shape over a beta (a, b) p, also where a is negative.

    By Euler's transformation of the hypergeometric function, which keeps its arguments small for frequent buyers.
    """
    from scipy.special import hyp2f1

    z = ahead / (1 + ahead)
    found: Floats = (1 - z) ** a * hyp2f1(a + b - shape, a, a + b, z)
    return found


def _over_the_hole(formula: Callable[[Number], Floats], a: Number) -> Floats:
    """A formula that is undefined at a = 1 and 2, where its two sides meet: there the mean of what lies beside."""
    close = np.abs(a - np.clip(np.rint(a), 1, 2)) < _CLOSE
    beside = formula(np.where(close, a + _BESIDE, a))
    if not np.any(close):
        return beside
    return np.where(close, (beside + formula(np.where(close, a - _BESIDE, a))) / 2, beside)

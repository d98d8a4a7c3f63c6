"""Shares and their ratio when one customer may count several times; NumPy only.

A customer's rows come together, so a customer is the unit that is drawn by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okaeri.base.differences import Difference
from okaeri.base.intervals import garwood, t_bounds, wilson
from okaeri.base.measurement import Interval
from okaeri.base.multiplicity import p_value

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A part of a whole with its interval; `value` is None when the whole is empty."""

    value: float | None
    part: int
    n: int
    interval: Interval


def clustered_share(hit: Flags, customer: Ints) -> Share:
    """The share of rows that are hits: Wilson's interval with as many rows as customers' likeness leaves.

    Where one customer's rows are alike they say less than as many rows of others (the design effect of Kish 1965).

    >>> clustered_share(np.array([True, False, True]), np.array([1, 2, 3])).part
    2
    """
    n, part = len(hit), int(hit.sum())
    if not n:
        return Share(value=None, part=0, n=0, interval=wilson(0, 0))
    share = part / n
    off = np.bincount(customer, hit - share)  # codes are dense, so counting by them is cheap
    alone = n * share * (1 - share)
    effect = max(1.0, float(off @ off) / alone) if alone else 1.0
    return Share(value=share, part=part, n=n, interval=wilson(part / effect, n / effect))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Customers on days, the group of days each belongs to, and whether they left; arrays of shape (rows,)."""

    customer: Ints
    group: Ints
    left: Flags

    def only(self, keep: Flags) -> Rows:
        """The rows to keep."""
        return Rows(customer=self.customer[keep], group=self.group[keep], left=self.left[keep])


@dataclass(frozen=True, kw_only=True, slots=True)
class Lift:
    """How many times as often the signalled left as those they are compared with.

    `base_rate` is the share of everybody who left, each group weighing as many as were signalled there; `expected` that
    times the `n` signalled who had anybody to be compared with, who are `compared` rows of everybody.
    """

    value: float | None
    base_rate: float | None
    expected: float
    n: int
    compared: int
    interval: Interval

    @property
    def chance(self) -> float:
        """The two-sided p-value that belongs to the interval, 1 where the interval is not known."""
        low, high = self.interval.low, self.interval.high
        if self.value == 0 and high is not None:
            return min(1.0, 2 * float(np.exp(-self.expected)))
        if not self.value or low is None or high is None:
            return 1.0
        around = Interval(low=float(np.log(low)), high=float(np.log(high)), method=self.interval.method)
        found = p_value(Difference(value=float(np.log(self.value)), interval=around))
        return 1.0 if found is None else found


def lift_of(signalled: Rows, everybody: Rows) -> Lift:
    """The ratio of two shares with its interval; groups are numbered from 0.

    The variance of the logarithm sums what each customer adds to both shares (linearised, clusters as in Cochran 1977,
    section 11); Student's t with the number of signalled customers. Without any hit the upper bound is Garwood's.

    >>> rows = Rows(customer=np.arange(4), group=np.zeros(4, np.int64), left=np.array([True, False, False, False]))
    >>> lift_of(rows, rows).value
    1.0
    """
    groups = 1 + max((int(rows.group.max()) for rows in (signalled, everybody) if len(rows.group)), default=0)
    counted = np.bincount(everybody.group, minlength=groups)
    signalled = signalled.only(counted[signalled.group] > 0)
    size = np.maximum(counted, 1)
    rate = np.bincount(everybody.group, everybody.left, minlength=groups) / size
    n, hits, expected = len(signalled.left), int(signalled.left.sum()), float(rate[signalled.group].sum())
    compared = int(counted[np.unique(signalled.group)].sum())
    if not expected:
        base = 0.0 if n else None
        return Lift(value=None, base_rate=base, expected=0.0, n=n, compared=compared, interval=_around(None, None))
    value, share = hits / expected, expected / n
    if hits:
        error, customers = _log_error(signalled, everybody, rate=rate, size=size, base=share)
        low, high = (float(bound[0]) for bound in t_bounds([np.log(value)], [error], [customers]))
        known = np.isfinite(low)
        interval = _around(float(np.exp(low)), float(np.exp(high))) if known else _around(None, None)
    else:
        interval = _around(0.0, (garwood(0).high or 0.0) / expected)
    return Lift(value=value, base_rate=share, expected=expected, n=n, compared=compared, interval=interval)


def _log_error(signalled: Rows, everybody: Rows, *, rate: Floats, size: Ints, base: float) -> tuple[float, int]:
    """The standard error of the log ratio, and how many customers were signalled."""
    n, share = len(signalled.left), float(signalled.left.mean())
    weight = np.bincount(signalled.group, minlength=len(rate)) / n
    codes = max(int(signalled.customer.max()), int(everybody.customer.max())) + 1
    own = (signalled.left - share) / (n * share) - (rate[signalled.group] - base) / (n * base)
    compared = (weight / size)[everybody.group] * (everybody.left - rate[everybody.group]) / base
    added = np.bincount(signalled.customer, own, minlength=codes)
    added -= np.bincount(everybody.customer, compared, minlength=codes)
    customers = int(np.count_nonzero(np.bincount(signalled.customer)))
    return float(np.sqrt(added @ added * customers / max(customers - 1, 1))), customers


def _around(low: float | None, high: float | None) -> Interval:
    return Interval(low=low, high=high, method="log ratio, clustered by customer")

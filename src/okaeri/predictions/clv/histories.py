"""What a purchase model needs to know of customers: how often, when last, how long; equal histories once, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _

Floats = NDArray[np.float64]
Number = float | Floats
"""One number for everybody, or one per customer."""
Ints = NDArray[np.int64]
_MIXER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, kw_only=True)
class Histories:
    """Repeat purchases of some customers, one place per customer; times in one unit, from their first purchase.

    `frequency` counts purchases after the first (x), `last_purchase` is the time of the latest of them (t_x, 0 without
    one), `age` the time observed (T). Purchases at one moment are one.
    """

    frequency: Floats
    last_purchase: Floats
    age: Floats

    @classmethod
    def of(cls, frequency: ArrayLike, last_purchase: ArrayLike, age: ArrayLike) -> Histories:
        """Check and keep arrays that broadcast to one shape; raises `OkaeriError` naming the first impossible row.

        >>> Histories.of([2, 0], [30.43, 0], 38.86).age.tolist()
        [38.86, 38.86]
        """
        columns = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (frequency, last_purchase, age)))
        x, t_x, age_ = (np.ascontiguousarray(each) for each in columns)
        _check(x, t_x, age_)
        return cls(frequency=x, last_purchase=t_x, age=age_)

    def __len__(self) -> int:
        return len(self.frequency)

    def only(self, rows: Ints) -> Histories:
        """The histories at these places."""
        return Histories(frequency=self.frequency[rows], last_purchase=self.last_purchase[rows], age=self.age[rows])


@dataclass(frozen=True, kw_only=True)
class Compressed:
    """Equal histories put together: `count` says how many customers share each; arrays have shape (histories,).

    `covariates` has shape (histories, covariates), with no column where there are none.

    `levels` are the different frequencies and `level` the place of each history's own among them, so that a function
    of the frequency alone is computed for a few dozen numbers instead of a million.
    """

    frequency: Floats
    last_purchase: Floats
    age: Floats
    count: Floats
    covariates: Floats
    levels: Floats
    level: Ints

    @classmethod
    def of(cls, x: Floats, t_x: Floats, age: Floats, count: Floats, covariates: Floats) -> Compressed:
        """Different histories, with their counts."""
        levels, level = np.unique(x, return_inverse=True)
        return cls(
            frequency=x, last_purchase=t_x, age=age, count=count, covariates=covariates, levels=levels, level=level
        )

    @cached_property
    def customers(self) -> float:
        """How many customers these are."""
        return float(self.count.sum())

    @cached_property
    def scale(self) -> float:
        """The time in which one purchase is made, on the whole: in this unit all shops look alike to a search."""
        return float(self.count @ self.age) / max(float(self.count @ self.frequency), 1.0) or 1.0

    def scaled(self, by: float) -> Compressed:
        """The same histories in a unit that is `by` times as long."""
        return replace(self, last_purchase=self.last_purchase / by, age=self.age / by)

    def sample(self, size: int) -> Compressed:
        """Every k-th customer, about `size` of them."""
        reached = np.cumsum(self.count)
        taken = np.searchsorted(reached, np.linspace(0, self.customers, size, endpoint=False), side="right")
        rows, count = np.unique(taken, return_counts=True)
        x, t_x, age = (each[rows] for each in (self.frequency, self.last_purchase, self.age))
        return Compressed.of(x, t_x, age, count.astype(np.float64), self.covariates[rows])


def compress(histories: Histories, covariates: Floats | None = None) -> Compressed:
    """Put equal histories together, in an order that is theirs; shape of `covariates` (customers, k).

    >>> sorted(compress(Histories.of([0, 0, 1], [0, 0, 5], [9, 9, 9])).count.tolist())
    [1.0, 2.0]
    """
    known = np.empty((len(histories), 0)) if covariates is None else covariates
    rows, _kind, counts = unique((histories.frequency, histories.last_purchase, histories.age, *known.T))
    own = histories.only(rows)
    return Compressed.of(own.frequency, own.last_purchase, own.age, counts.astype(np.float64), known[rows])


def once_each(function: Callable[..., Floats], *columns: Floats) -> Floats:
    """A function of the rows of some columns, computed once for equal rows.

    >>> once_each(lambda x, y: x + y, np.array([1.0, 1.0, 2.0]), np.array([5.0, 5.0, 5.0])).tolist()
    [6.0, 6.0, 7.0]
    """
    rows, kind, _counts = unique(columns)
    return function(*(column[rows] for column in columns))[kind]


def unique(columns: Sequence[Floats]) -> tuple[Ints, Ints, Ints]:
    """One row of each kind, the kind of each row, and how many rows are of it; kinds are in the order of mixed bits.

    >>> rows, kind, counts = unique([np.array([3.0, 1.0, 3.0])])
    >>> sorted(counts.tolist()), bool(kind[0] == kind[2])
    ([1, 2], True)
    """
    mixed = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        bits = (column + 0.0).view(np.uint64)  # -0.0 is 0.0
        mixed = (mixed ^ bits) * _MIXER
        mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed)
    ordered = mixed[order]
    fresh = np.ones(len(ordered), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    kind = np.empty(len(ordered), np.int64)
    kind[order] = np.cumsum(fresh) - 1
    rows = order[fresh]
    if all(np.array_equal(column, column[rows][kind]) for column in columns):
        return rows, kind, np.bincount(kind)
    # two different rows shared their mixed bits, which happens once in billions
    table = np.stack(columns, axis=1)
    _kinds, rows, kind, counts = np.unique(table, axis=0, return_index=True, return_inverse=True, return_counts=True)
    return rows, kind, counts


def _check(x: Floats, t_x: Floats, age: Floats) -> None:
    if not len(x):
        raise OkaeriError(_("There are no customers to learn from."), advice=_("Give at least one purchase history."))
    rules: tuple[tuple[NDArray[np.bool_], Text], ...] = (
        (~(np.isfinite(x) & np.isfinite(t_x) & np.isfinite(age)), _("a number is missing or not finite")),
        ((x < 0) | (x != np.rint(x)), _("the frequency is not a whole number of repeat purchases")),
        ((t_x < 0) | (t_x > age), _("the last purchase lies before the first one or after the end of the time seen")),
        ((x > 0) & (t_x <= 0), _("there are repeat purchases, and yet the last one is at the time of the first")),
        ((x == 0) & (t_x > 0), _("the last purchase is later than the first, and yet no repeat purchase is counted")),
    )
    for wrong, why in rules:
        if wrong.any():
            row = int(np.argmax(wrong))
            raise OkaeriError(
                _("Customer {row} has frequency {x}, last purchase {t_x} and age {age}: {why}.").format(
                    row=row, x=x.flat[row], t_x=t_x.flat[row], age=age.flat[row], why=why
                ),
                advice=_("Count purchases after the first, and measure both times from the first purchase."),
            )

"""One month of the shop: which customers are there, on which days, and the rows that month leaves behind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okaeri.demo.columns import Flags, Floats, Ints
from okaeri.demo.people import People
from okaeri.demo.seasons import Seasons

Rows = dict[str, Ints]


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The customers present (`who`, rows of `people`), each on the days `[low, high)` of this month."""

    number: int
    people: People
    seasons: Seasons
    who: Ints
    low: Ints
    high: Ints

    @property
    def pull(self) -> Floats:
        """How many average days' worth of shopping mood each customer has this month."""
        curve, start = self.seasons.orders, self.seasons.start
        return np.maximum(curve[self.high - start] - curve[self.low - start], 0.0)

    def days_of(self, rng: np.random.Generator, rows: Ints) -> Ints:
        """A day inside each row's stay, likelier in busy days; `rows` index `who`."""
        curve, start = self.seasons.orders, self.seasons.start
        begin, finish = curve[self.low[rows] - start], curve[self.high[rows] - start]
        days = self.seasons.day_on(curve, begin + rng.random(len(rows)) * (finish - begin))
        return np.clip(days, self.low[rows], self.high[rows] - 1)

    def times(self, rng: np.random.Generator, expected: NDArray[np.floating]) -> tuple[Ints, Ints]:
        """Happenings at the expected numbers per customer: rows of `who`, and the day of each."""
        counts = rng.poisson(np.where(self.high > self.low, expected, 0.0))
        rows = np.repeat(np.arange(len(self.who)), counts)
        return rows, self.days_of(rng, rows)


class Log:
    """Rows of one kind, gathered month after month.

    >>> log = Log()
    >>> log.add({"day": np.array([1])}); log.add({"day": np.array([3])})
    >>> log.rows()["day"].tolist()
    [1, 3]
    """

    def __init__(self) -> None:
        self._parts: dict[str, list[Ints]] = defaultdict(list)

    def add(self, rows: Rows) -> None:
        """Append one month's rows; every column has the same length."""
        for name, values in rows.items():
            self._parts[name].append(values)

    def rows(self) -> Rows:
        """Everything gathered, in the order in which it was added."""
        return {name: np.concatenate(parts) for name, parts in self._parts.items()}


def only(rows: Rows, keep: Flags) -> Rows:
    """The rows to keep.

    >>> only({"day": np.array([1, 2])}, np.array([False, True]))["day"].tolist()
    [2]
    """
    return {name: values[keep] for name, values in rows.items()}


def in_order(rows: Rows, *by: str) -> Rows:
    """The rows sorted by the named columns, the first one first; equal rows keep their order.

    >>> in_order({"day": np.array([2, 1])}, "day")["day"].tolist()
    [1, 2]
    """
    order = np.lexsort([rows[name] for name in reversed(by)])
    return {name: values[order] for name, values in rows.items()}

"""Periods as rows of small tables, so that SQL joins on a day instead of comparing ranges.

Boundaries and periods are bits of 64-bit masks, 61 periods to a chunk; boundary 61 of a chunk is boundary 0 of the
next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from okaeri.base.calendar import Period
from okaeri.engines.engine import Columns

Days = np.ndarray[Any, np.dtype[np.int64]]

PERIODS_PER_CHUNK = 61
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Whole days since 1970-01-01.

    >>> day_number(date(1970, 2, 1))
    31
    """
    return (day - EPOCH).days


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """Adjoining periods, the first day not observed, and the days facts may lie on.

    A period that ends after `cutoff` is counted up to `cutoff`. All days are numbers since 1970-01-01.
    """

    periods: tuple[Period, ...]
    cutoff: int
    first_day: int

    @property
    def boundaries(self) -> Days:
        """Where the periods begin and end as far as observed; shape (periods + 1,)."""
        starts = [day_number(period.start) for period in self.periods]
        return np.array([*starts, min(day_number(self.periods[-1].end), self.cutoff)], dtype=np.int64)

    @property
    def every_day(self) -> Days:
        """Every day a lookup may ask for; shape (days,)."""
        low = min(self.first_day, int(self.boundaries[0])) - 1
        return np.arange(low, max(int(self.boundaries[-1]), self.cutoff) + 2, dtype=np.int64)

    @property
    def last_day(self) -> int:
        """The last day of the lookups: an open end is looked up there."""
        return int(self.every_day[-1])

    def days(self) -> Columns:
        """`days(day, period, chunk, bit)`: period −1 lies before the first, the number of periods after the last."""
        period = np.searchsorted(self.boundaries, self.every_day, side="right") - 1
        inside = (period >= 0) & (period < len(self.periods))
        safe = np.where(inside, period, 0)
        bit = np.where(inside, np.left_shift(np.int64(1), safe % PERIODS_PER_CHUNK), 0)
        return _columns(day=self.every_day, period=period, chunk=safe // PERIODS_PER_CHUNK, bit=bit)

    def period_rows(self) -> Columns:
        """`periods(period, start_day, end_day, chunk, at_start, at_end)`, one row per period."""
        index = np.arange(len(self.periods), dtype=np.int64)
        at_start = np.left_shift(np.int64(1), index % PERIODS_PER_CHUNK)
        return _columns(
            period=index,
            start_day=np.array([day_number(period.start) for period in self.periods]),
            end_day=np.array([day_number(period.end) for period in self.periods]),
            chunk=index // PERIODS_PER_CHUNK,
            at_start=at_start,
            at_end=np.left_shift(at_start, 1),
        )

    def bits_of_day(self, window_days: int) -> Columns:
        """Per day and chunk the boundaries in `(day, day + window_days]`, and the period that holds the day."""
        present = self._boundaries_until(self.every_day) + 1, self._boundaries_until(self.every_day + window_days)
        period = self._boundaries_until(self.every_day)
        inside = (period >= 0) & (period < len(self.periods))
        # a day outside has the empty range from 1 to 0
        return self._masks(present, (np.where(inside, period, 1), np.where(inside, period, 0)))

    def bits_from(self) -> Columns:
        """Per day and chunk the boundaries later than the day, and the periods that hold the day or come later."""
        first, periods = self._boundaries_until(self.every_day) + 1, len(self.periods)
        return self._masks(
            (first, np.full_like(first, periods)), (np.maximum(first - 1, 0), np.full_like(first, periods - 1))
        )

    def bits_until(self) -> Columns:
        """Per day and chunk the boundaries on the day or before, and the periods that hold the day or come earlier."""
        last = self._boundaries_until(self.every_day)
        none = np.zeros_like(last)
        return self._masks((none, last), (none, np.minimum(last, len(self.periods) - 1)))

    def _boundaries_until(self, days: Days) -> Days:
        """The index of the last boundary on each day or before it; −1 where there is none."""
        return np.searchsorted(self.boundaries, days, side="right") - 1

    def _masks(self, present: tuple[Days, Days], active: tuple[Days, Days]) -> Columns:
        """Rows (day, chunk, present, active) with the bits first to last of each; empty rows are left out."""
        chunks = (len(self.periods) - 1) // PERIODS_PER_CHUNK + 1
        start = np.arange(chunks, dtype=np.int64) * PERIODS_PER_CHUNK
        here = _bits(*present, start, width=PERIODS_PER_CHUNK + 1)
        during = _bits(*active, start, width=PERIODS_PER_CHUNK)
        day, chunk = np.nonzero(here | during)
        return _columns(day=self.every_day[day], chunk=chunk, present=here[day, chunk], active=during[day, chunk])


def _bits(first: Days, last: Days, start: Days, *, width: int) -> Days:
    """Masks of shape (days, chunks) with the bits `first` to `last` as they fall into each chunk of `width` bits."""
    low = np.maximum(first[:, None] - start, 0)
    count = np.maximum(np.minimum(last[:, None] - start, width - 1) - low + 1, 0)
    ones = np.left_shift(np.int64(1), count) - 1
    return np.where(count > 0, np.left_shift(ones, np.where(count > 0, low, 0)), 0)


def _columns(**columns: Days) -> Columns:
    return {name: ("integer" if name == "day" else "bigint", values.tolist()) for name, values in columns.items()}

"""Periods as rows of small tables, so that SQL joins on a day instead of comparing ranges.

Boundaries and periods are bits of 64-bit masks, 61 periods to a chunk; boundary 61 of a chunk is boundary 0 of the
next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.calendar import Period

if TYPE_CHECKING:
    import pyarrow as pa

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

    def days(self) -> pa.Table:
        """`days(day, period, chunk, bit)`: period −1 lies before the first, the number of periods after the last."""
        import pyarrow as pa

        day = self.every_day
        period = np.searchsorted(self.boundaries, day, side="right") - 1
        inside = (period >= 0) & (period < len(self.periods))
        safe = np.where(inside, period, 0)
        bit = np.where(inside, np.left_shift(np.int64(1), safe % PERIODS_PER_CHUNK), 0)
        return pa.table({"day": day.astype(np.int32), "period": period, "chunk": safe // PERIODS_PER_CHUNK, "bit": bit})

    def period_rows(self) -> pa.Table:
        """`periods(period, start_day, end_day, chunk, at_start, at_end)`, one row per period."""
        import pyarrow as pa

        index = np.arange(len(self.periods), dtype=np.int64)
        at_start = np.left_shift(np.int64(1), index % PERIODS_PER_CHUNK)
        return pa.table(
            {
                "period": index,
                "start_day": [day_number(period.start) for period in self.periods],
                "end_day": [day_number(period.end) for period in self.periods],
                "chunk": index // PERIODS_PER_CHUNK,
                "at_start": at_start,
                "at_end": np.left_shift(at_start, 1),
            }
        )

    def boundaries_covered(self, window_days: int) -> pa.Table:
        """Per day and chunk the boundaries in `(day, day + window_days]`."""
        first = np.searchsorted(self.boundaries, self.every_day, side="right")
        last = np.searchsorted(self.boundaries, self.every_day + window_days, side="right") - 1
        return self._masks(first, last, boundaries=True)

    def boundaries_after(self) -> pa.Table:
        """Per day and chunk the boundaries later than the day."""
        first = np.searchsorted(self.boundaries, self.every_day, side="right")
        return self._masks(first, np.full_like(first, len(self.periods)), boundaries=True)

    def boundaries_until(self) -> pa.Table:
        """Per day and chunk the boundaries on the day or before it."""
        last = np.searchsorted(self.boundaries, self.every_day, side="right") - 1
        return self._masks(np.zeros_like(last), last, boundaries=True)

    def periods_from(self) -> pa.Table:
        """Per day and chunk the periods that hold the day or come later."""
        first = np.maximum(np.searchsorted(self.boundaries, self.every_day, side="right") - 1, 0)
        return self._masks(first, np.full_like(first, len(self.periods) - 1), boundaries=False)

    def periods_until(self) -> pa.Table:
        """Per day and chunk the periods that hold the day or come earlier."""
        last = np.searchsorted(self.boundaries, self.every_day, side="right") - 1
        return self._masks(np.zeros_like(last), np.minimum(last, len(self.periods) - 1), boundaries=False)

    def _masks(self, first: Days, last: Days, *, boundaries: bool) -> pa.Table:
        """Rows (day, chunk, mask) with bits `first` to `last`; empty masks are left out."""
        import pyarrow as pa

        chunks = (len(self.periods) - 1) // PERIODS_PER_CHUNK + 1
        width = PERIODS_PER_CHUNK + 1 if boundaries else PERIODS_PER_CHUNK
        start = np.arange(chunks, dtype=np.int64) * PERIODS_PER_CHUNK
        low = np.maximum(first[:, None] - start, 0)
        high = np.minimum(last[:, None] - start, width - 1)
        day, chunk = np.nonzero(low <= high)
        ones = np.left_shift(np.int64(1), high[day, chunk] - low[day, chunk] + 1) - 1
        mask = np.left_shift(ones, low[day, chunk])
        return pa.table({"day": self.every_day[day].astype(np.int32), "chunk": chunk, "mask": mask})

"""Stretches of time that measuring use needs besides the periods: before the first, and before each end."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from okaeri.base.calendar import Calendar, Grain, Period
from okaeri.engines.engine import Columns
from okaeri.metrics.timetable import Days, Timetable

RECENT_DAYS = 28
EARLIER_DAYS = 56


def start_before(period: Period) -> date:
    """The first day of the period just before; a custom one is as long as `period` itself.

    >>> start_before(Period(date(2024, 3, 1), date(2024, 4, 1), Grain.MONTH))
    datetime.date(2024, 2, 1)
    """
    if period.grain in (Grain.ALL, Grain.DAY, Grain.WEEK):
        return period.start - timedelta(days=period.days)
    # periods of months start on the first of a month, which the fiscal year begins with here
    calendar = Calendar(fiscal_month=period.start.month)
    return calendar.floor(period.start - timedelta(days=1), period.grain)


def trend_days(timetable: Timetable) -> Columns:
    """`trend_days(day, period, is_recent)`: the weeks before each period's end, as far as it is observed."""
    width = RECENT_DAYS + EARLIER_DAYS
    ends = _ends(timetable)
    day = (ends[:, None] - width + np.arange(width)).ravel()
    recent = np.tile(np.arange(width) >= EARLIER_DAYS, len(ends)).astype(np.int64)
    return {
        "day": ("integer", day.tolist()),
        "period": ("bigint", np.repeat(np.arange(len(ends)), width).tolist()),
        "is_recent": ("bigint", recent.tolist()),
    }


def trend_periods(timetable: Timetable) -> Columns:
    """`trend_periods(period, start_day)`: where the weeks of each period begin."""
    starts = _ends(timetable) - RECENT_DAYS - EARLIER_DAYS
    return {"period": ("bigint", list(range(len(starts)))), "start_day": ("integer", starts.tolist())}


def _ends(timetable: Timetable) -> Days:
    return timetable.boundaries[1:]

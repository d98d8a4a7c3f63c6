"""The year of Komorebi Coffee, day by day: seasons, campaigns' pull, and the troubles that were planted.

Curves only; who buys and who leaves is in `life`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.demo.columns import DAY_SECONDS, Flags, Floats, Ints, day_numbers

START = date(2023, 1, 1)
SHORTEST_STORY_DAYS = 90
WAREHOUSE_MOVE = ("2024-11-10", "2025-01-20")
STALE_ROAST = ("2024-06-01", "2024-07-15")
ONBOARDING_CHANGE = "2025-04-01"
PRICE_RISE = "2025-10-01"
UNDERSTAFFED = ("2026-02-01", "2026-05-01")

_BY_MONTH = (0.95, 1.12, 1.0, 1.0, 0.92, 0.94, 0.88, 0.76, 0.96, 1.06, 1.2, 1.55)  # gifts in winter, iced tea in August
_BY_WEEKDAY = (0.95, 0.9, 0.9, 0.95, 1.05, 1.2, 1.05)  # from Monday
_BY_HOUR = (2, 1, 1, 1, 1, 2, 5, 9, 8, 7, 7, 8, 11, 8, 6, 6, 6, 7, 9, 11, 13, 14, 10, 5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seasons:
    """Day curves over `[start, end)`; `orders` and `joins` are cumulative, one entry more than there are days.

    `late` and `stale` are chances per order, `reply_hours` is the median first reply of a ticket opened that day.
    """

    start: int
    end: int
    months: Ints
    orders: Floats
    joins: Floats
    late: Floats
    stale: Floats
    reply_hours: Floats

    def day_on(self, curve: Floats, position: Floats) -> Ints:
        """The day on which a cumulative curve passes each position."""
        at = np.searchsorted(curve, position, side="right") - 1
        return np.clip(at, 0, self.end - self.start - 1).astype(np.int64) + self.start


def seasons_until(end: date) -> Seasons:
    """The curves from the shop's first day to the day before `end`.

    Raises `OkaeriError` when `end` leaves too short a story.

    >>> bool(seasons_until(date(2024, 1, 1)).orders[-1] > 300)
    True
    """
    start, past = day_numbers(START.isoformat(), end.isoformat())
    if past - start < SHORTEST_STORY_DAYS:
        raise OkaeriError(
            _("The demo shop opened on {start}, so nothing can be told up to {end}.").format(start=START, end=end),
            advice=_("Ask for an end that is at least {n} days later.").format(n=SHORTEST_STORY_DAYS),
        )
    days = np.arange(start, past)
    pull = _season(days)
    return Seasons(
        start=start,
        end=past,
        months=np.append(_month_starts(start, past), past),
        orders=_running(pull),
        joins=_running(pull * (1 + 1.1 * (days - start) / 1_000)),
        late=np.where(_within(days, *WAREHOUSE_MOVE), 0.24, 0.035),
        stale=np.where(_within(days, *STALE_ROAST), 0.16, 0.012),
        reply_hours=np.where(_within(days, *UNDERSTAFFED), 30.0, 4.0),
    )


def seconds_of_day(rng: np.random.Generator, rows: int) -> Ints:
    """When in the day people shop: little at night, most after dinner.

    >>> int(seconds_of_day(np.random.default_rng(1), 1)[0]) < 86_400
    True
    """
    hours = np.append(0, np.cumsum(_BY_HOUR)) / sum(_BY_HOUR)
    seconds = np.interp(rng.random(rows), hours, np.arange(25) * 3_600)
    return np.minimum(seconds.astype(np.int64), DAY_SECONDS - 1)


def _season(days: Ints) -> Floats:
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    in_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    pull = np.asarray(_BY_MONTH)[month] * np.asarray(_BY_WEEKDAY)[(days + 3) % 7]
    pull = np.where((month == 10) & (in_month >= 20) & (in_month <= 27), pull * 1.5, pull)  # the winter sale
    spring: Floats = np.where((month == 3) & (in_month >= 10) & (in_month <= 16), pull * 1.35, pull)
    return spring


def _running(curve: Floats) -> Floats:
    return np.append(0.0, np.cumsum(curve))


def _within(days: Ints, first: str, past: str) -> Flags:
    begin, finish = day_numbers(first, past)
    return (days >= begin) & (days < finish)


def _month_starts(start: int, past: int) -> Ints:
    months = np.unique(np.arange(start, past).astype("datetime64[D]").astype("datetime64[M]"))
    return months.astype("datetime64[D]").astype(np.int64)

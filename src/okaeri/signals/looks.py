"""All customers on days in the past, every 30 days, and who of them left: what signals are compared with.

Where silence is leaving, whoever was there yesterday cannot leave for weeks: like is compared with as long silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from okaeri.metrics.timetable import EPOCH, day_number
from okaeri.predictions.outcomes import outcomes, snapshot_days
from okaeri.signals.history import History

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

EVERY_DAYS = 30
SILENCES = 6  # parts into which the days since the last visit fall, where a rule of silence says who is a customer
_AT_MOST = 60

_PRESENT = """
select s.customer, d.day, d.place
from look_days d
join stays s on s.start_day < d.day and d.day <= s.end_day
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visits:
    """All visits by customer and day, each in ascending order, and the window of the rule; empty for contracts."""

    customer: Ints
    day: Ints
    window_days: int

    def silence_of(self, customer: Ints, day: Ints) -> Ints:
        """Which sixth of the window lies between each customer's last visit before a day and that day; 0 to 5.

        >>> visits = Visits(customer=np.array([1, 1]), day=np.array([0, 10]), window_days=60)
        >>> visits.silence_of(np.array([1, 1]), np.array([10, 21])).tolist()
        [0, 1]
        """
        if not len(self.day) or not len(day):
            return np.zeros(len(day), np.int64)
        low = min(int(self.day.min()), int(day.min()))
        span = max(int(self.day.max()), int(day.max())) - low + 1
        last = np.searchsorted(self.customer * span + self.day - low, customer * span + day - low, side="left") - 1
        silent_days = day - 1 - self.day[np.maximum(last, 0)]
        part: Ints = np.clip(silent_days * SILENCES // self.window_days, 0, SILENCES - 1)
        return part


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """Present customers on each look day, whether they left within the horizon, and all stays that are over.

    `days` has shape (looks,); `customer`, `place` (of the day in `days`), `group` (the look and the silence) and `left`
    (rows,); `goer` and `gone_day`, the first day on which a customer was none any more, (stays that ended,).
    """

    days: Ints
    customer: Ints
    place: Ints
    group: Ints
    left: Flags
    goer: Ints
    gone_day: Ints
    visits: Visits

    def group_of(self, customer: Ints, day: Ints) -> Ints:
        """The group of customers each is compared with: at the nearest look, as long silent."""
        if not len(self.days):
            return np.zeros(len(day), np.int64)
        nearest = (day - self.days[0] + EVERY_DAYS // 2) // EVERY_DAYS
        place = np.clip(nearest, 0, len(self.days) - 1)
        group: Ints = place * SILENCES + self.visits.silence_of(customer, day)
        return group


def look_back(history: History, *, horizon_days: int) -> Looks:
    """Every 30 days as far as there were customers, ending on the last day whose horizon is over."""
    measurer, cutoff = history.measurer, history.cutoff
    measurer.inputs.stays(history.presence, cutoff=day_number(cutoff))
    days = _days(history, last=cutoff - timedelta(days=horizon_days))
    columns = {"day": ("integer", days.tolist()), "place": ("integer", list(range(len(days))))}
    measurer.engine.put("look_days", columns)
    rows = measurer.engine.query(_PRESENT)
    customer, day, place = (np.asarray(rows[name], dtype=np.int64) for name in ("customer", "day", "place"))
    became = outcomes(
        measurer, customer=customer, day=day, horizon_days=horizon_days, presence=history.presence, cutoff=cutoff
    )
    ended = measurer.engine.query(
        f"select customer, end_day + 1 as gone_day from stays where end_day < {day_number(cutoff)}"
    )
    visits = _visits(history)
    return Looks(
        days=days,
        customer=customer,
        place=place,
        group=place * SILENCES + visits.silence_of(customer, day),
        visits=visits,
        left=became.left,
        goer=np.asarray(ended["customer"], dtype=np.int64),
        gone_day=np.asarray(ended["gone_day"], dtype=np.int64),
    )


def _visits(history: History) -> Visits:
    window = history.presence.rule.window_days
    if not window:
        return Visits(customer=np.empty(0, np.int64), day=np.empty(0, np.int64), window_days=1)
    rows = history.measurer.engine.query("select customer, day from activity order by customer, day")
    customer, day = (np.asarray(rows[name], dtype=np.int64) for name in ("customer", "day"))
    return Visits(customer=customer, day=day, window_days=window)


def _days(history: History, *, last: date) -> Ints:
    first = history.measurer.inputs.first_day(history.presence, cutoff=day_number(history.cutoff))
    if first is None:
        return np.empty(0, np.int64)
    began = EPOCH + timedelta(days=first + 1)
    days = snapshot_days(first=began, last=last, every_days=EVERY_DAYS, at_most=_AT_MOST)
    return np.array([day_number(day) for day in days], dtype=np.int64)

"""Who was a customer on a day, and whether they still were some days later, by the workspace's own rule.

The one definition of leaving that predictions, signals and their reports are judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from okaeri.metrics.timetable import day_number

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.measuring import Measurer
    from okaeri.metrics.presence import Presence

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcomes:
    """What became of some customers on some days; every array has shape (asked,).

    `present` says who was a customer on the day, `left` who no longer was `horizon_days` later, `gone_after_days`
    after how many days the stay ended (-1 while nobody can know); all three are False or -1 for those not present.
    `seen` is False where the horizon ends after the cutoff: then `left` means nothing.
    """

    horizon_days: int
    present: Flags
    left: Flags
    seen: Flags
    gone_after_days: Ints


def outcomes(
    measurer: Measurer, *, customer: Ints, day: Ints, horizon_days: int, presence: Presence, cutoff: date
) -> Outcomes:
    """What became of each customer (by code) asked about on each day (since 1970-01-01) within the horizon.

    Who is back at the horizon's end has not left. Source: the presence rule of the workspace's own churn rate.
    """
    known_until = day_number(cutoff)
    measurer.inputs.stays(presence, cutoff=known_until)
    measurer.engine.take("asked", _asked(customer, day))
    sql = files("okaeri.predictions").joinpath("sql", "outcomes.sql").read_text("utf-8")
    measurer.engine.put("horizon_rule", {"horizon_days": ("integer", [horizon_days])})
    found = measurer.engine.query(sql)
    present = np.asarray(found["present"]).astype(bool)
    ends = np.asarray(found["end_day"].fill_null(-1)).astype(np.int64)
    gone_day = ends + 1
    return Outcomes(
        horizon_days=horizon_days,
        present=present,
        left=present & ~np.asarray(found["present_later"]).astype(bool),
        seen=day + horizon_days <= known_until,
        gone_after_days=np.where(present & (gone_day <= known_until), gone_day - day, -1),
    )


def present_on(measurer: Measurer, day: date, *, presence: Presence, cutoff: date) -> Ints:
    """The codes of the customers on one day, ascending."""
    measurer.inputs.stays(presence, cutoff=day_number(cutoff))
    number = day_number(day)
    sql = f"select customer from stays where start_day < {number} and {number} <= end_day order by customer"
    return np.asarray(measurer.engine.query(sql)["customer"]).astype(np.int64)


def snapshot_days(*, first: date, last: date, every_days: int, at_most: int) -> tuple[date, ...]:
    """Days on which to look back, `every_days` apart, ending on `last`, oldest first; none before `first`.

    >>> [day.isoformat() for day in snapshot_days(first=date(2024, 1, 1), last=date(2024, 3, 1), every_days=30,
    ...                                           at_most=12)]
    ['2024-01-01', '2024-01-31', '2024-03-01']
    """
    days = [last - timedelta(days=every_days * step) for step in range(at_most)]
    return tuple(sorted(day for day in days if day >= first))


def _asked(customer: Ints, day: Ints) -> pa.Table:
    import pyarrow as pa

    return pa.table({"place": np.arange(len(customer)), "customer": customer, "day": day})

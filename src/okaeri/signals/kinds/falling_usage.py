"""Use of the product that falls: each customer's last four weeks against the eight before, looked at every Monday.

The same test as the metric `usage_trend`, on every Monday of the past.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from okaeri.base.rates import rate_changes
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.metrics.usage.windows import EARLIER_DAYS, RECENT_DAYS
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]
Counts = NDArray[np.int32]

_RECENT, _ALL = RECENT_DAYS // 7, (RECENT_DAYS + EARLIER_DAYS) // 7
_FEWEST = 10  # below as many events nothing can be told
_AT_ONCE = 20_000

_QUERY = """
-- events by customer, the week they happened in and the week they were known in; weeks begin on Mondays (day 4 since
-- 1970-01-01 was one)
select customer, cast(floor((day + 3) / 7.0) as integer) as week,
       cast(floor((known_day + 3) / 7.0) as integer) as known_week, cast(sum(events) as bigint) as events,
       min(known_day) as known_day
from known_events
group by customer, cast(floor((day + 3) / 7.0) as integer), cast(floor((known_day + 3) / 7.0) as integer)
order by customer
"""


def judge(rows: pa.Table) -> pa.Table:
    """The Mondays on which the use had surely fallen, of customers who began before the twelve weeks."""
    import pyarrow as pa

    customer, week, known_week, events, known_day = (
        np.asarray(rows[name], dtype=np.int64) for name in ("customer", "week", "known_week", "events", "known_day")
    )
    codes, place = np.unique(customer, return_inverse=True)
    first_day = np.full(len(codes), np.iinfo(np.int64).max)
    np.minimum.at(first_day, place, known_day)
    found = []
    for start in range(0, len(codes), _AT_ONCE):
        some = slice(*np.searchsorted(place, [start, start + _AT_ONCE]))
        uses = Uses(place[some] - start, week[some], known_week[some], events[some])
        who, day, recent, earlier = _fallen(uses, first_day[start : start + _AT_ONCE])
        found.append(np.stack([codes[who + start], day, recent, earlier]))
    columns = np.concatenate(found or [np.empty((4, 0), np.int64)], axis=1)
    return pa.table(dict(zip(("customer", "day", "recent", "earlier"), columns, strict=True)))


class Uses(NamedTuple):
    """Events of some customers, numbered from 0, by week; every array has shape (rows,)."""

    customer: Ints
    week: Ints
    known_week: Ints
    events: Ints


def _fallen(uses: Uses, first_day: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Who, on which day, and the uses of the last four and the eight weeks before."""
    first_week = int(uses.week.min())
    recent, earlier = _counted(uses, customers=len(first_day), first_week=first_week)
    look = 7 * (first_week + np.arange(recent.shape[1])) - 3
    # at half the earlier number the rate is the same
    may = (recent + earlier >= _FEWEST) & (2 * recent < earlier)
    who, column = np.nonzero(may & (first_day[:, None] < look - 7 * _ALL))
    few, many = recent[who, column].astype(np.int64), earlier[who, column].astype(np.int64)
    fallen = rate_changes(few, many, exposures=(RECENT_DAYS, EARLIER_DAYS)) < 0
    return who[fallen], look[column[fallen]], few[fallen], many[fallen]


def _counted(uses: Uses, *, customers: int, first_week: int) -> tuple[Counts, Counts]:
    """Uses in the last four weeks and in the eight before, at the beginning of each week; (customers, weeks)."""
    weeks = int(uses.week.max()) - first_week + _ALL + 1
    per_week = np.zeros((customers, weeks + 1), np.int32)
    late = uses.known_week > uses.week
    column = uses.week - first_week
    np.add.at(per_week, (uses.customer[~late], column[~late] + 1), uses.events[~late])
    until = np.cumsum(per_week[:, :-1], axis=1, dtype=np.int32)
    recent, both = until - _shifted(until, _RECENT), until - _shifted(until, _ALL)
    for ahead in range(1, _ALL + 1):
        # a late event counts at the Mondays by which it was known
        by_then = late & (uses.week + ahead > uses.known_week)
        at = uses.customer[by_then], column[by_then] + ahead
        np.add.at(both, at, uses.events[by_then])
        if ahead <= _RECENT:
            np.add.at(recent, at, uses.events[by_then])
    return recent, both - recent


def _shifted(until: Counts, weeks: int) -> Counts:
    """The running counts of so many weeks earlier."""
    earlier = np.zeros_like(until)
    earlier[:, weeks:] = until[:, :-weeks]
    return earlier


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Uses of the product in 4 weeks: {recent}; {usual} would be usual.").format(
        recent=row["recent"], usual=Shown(row["earlier"] / 2, Unit.COUNT, 1)
    )


def because(row: Row) -> tuple[Evidence, ...]:
    """The number of uses and the number that steady use would have given."""
    words = _("Uses in 4 weeks: {recent}, in the 8 before: {earlier}; by chance this happens to fewer than 1 in 40.")
    return (
        Evidence(
            metric="usage_trend",
            value=row["recent"],
            threshold=row["earlier"] / 2,
            unit=Unit.COUNT,
            rows=row["recent"] + row["earlier"],
            says=words.format(recent=row["recent"], earlier=row["earlier"]),
        ),
    )


def _daily(customer: str, first: datetime, days: int) -> list[tuple[str, str]]:
    return [(customer, (first + timedelta(days=n)).date().isoformat()) for n in range(days)]


# Aki and Chiyo use it daily from the Monday of the first week on and stop after twelve and thirteen weeks
_USES = _daily("aki", datetime(2024, 1, 1), 84) + _daily("chiyo", datetime(2024, 1, 1), 133)

KIND = Kind(
    id="falling_usage",
    label=_("Falling use"),
    definition=_(
        "Surely less use of the product in the last 4 weeks than in the 8 weeks before, looked at every Monday."
    ),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Show them one thing they have not tried yet, or ask what got in the way."),
    severity=Severity.RISK,
    cooldown_days=60,
    facts=("events",),
    judge=judge,
    is_part_of_leaving=True,
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo"], "started_at": ["2024-01-01"] * 2},
            "events": {
                "customer_id": [customer for customer, _day in _USES],
                "name": ["login"] * len(_USES),
                "occurred_at": [day for _customer, day in _USES],
            },
        },
        # after one silent week 21 uses are within what 56 days of daily use make likely; after two, 14 are not
        seen={"aki": ("2024-04-08",)},
        cutoff=date(2024, 5, 13),
    ),
    caveats=(_("Of those whose use stays the same, up to 1 in 40 is called falling at each look by chance."),),
)

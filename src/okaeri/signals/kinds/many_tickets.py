"""More requests for help in 30 days than the customer's own past and everybody else's make likely."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

if TYPE_CHECKING:
    import pyarrow as pa

WINDOW_DAYS = 30
FEWEST = 2
FALSE_ALARMS = 0.01
_FEWEST_KNOWN = 10  # tickets of everybody, before their rate is known
_PEERS_WEIGH = 1.0  # peers count like one ticket of the customer's own

_QUERY = """
-- tickets in the 30 days before each look, the customer's own before those, and everybody's; days present are the
-- exposure; looks are the days after a ticket, since only then the number can have grown
with opened as (
    select c.customer, t.opened_day as day, count(*) as tickets
    from local_tickets t
    join customer_codes c on c.customer_id = t.customer_id
    group by c.customer, t.opened_day
),
looks as (
    select customer, day + 1 as day, day - 29 as since,
           sum(tickets) over (
               partition by customer order by day range between 29 preceding and current row
           ) as recent,
           coalesce(sum(tickets) over (
               partition by customer order by day range between unbounded preceding and 30 preceding
           ), 0) as before
    from opened
),
own as (
    select l.customer, l.day, sum(greatest(least(s.end_day, l.since - 1) - s.start_day, 0)) as own_days
    from looks l
    join stays s on s.customer = l.customer
    group by l.customer, l.day
),
changes as (
    select start_day as day, 1 as customers, cast(start_day as bigint) as days from stays
    union all
    select end_day, -1, -cast(end_day as bigint) from stays
),
present as (
    select day, sum(customers) over (order by day) as customers, sum(days) over (order by day) as days
    from (select day, sum(customers) as customers, sum(days) as days from changes group by day) as c
),
everybody as (
    select day, sum(tickets) over (order by day) as tickets
    from (select day, sum(tickets) as tickets from opened group by day) as o
)
select l.customer, l.day, cast(l.recent as bigint) as recent, cast(l.before as bigint) as before,
       cast(coalesce(o.own_days, 0) as bigint) as own_days,
       cast(coalesce(e.tickets, 0) as bigint) as tickets,
       -- days lived until then by all: everybody's time since they came, less that since they went
       cast((l.since - 1) * p.customers - p.days as bigint) as all_days
from looks l
left join own o on o.customer = l.customer and o.day = l.day
asof join present p on l.since - 1 >= p.day
asof join everybody e on l.since > e.day
where l.recent >= 2
"""


def judge(rows: pa.Table) -> pa.Table:
    """Keep the looks at which so many tickets are less likely than one in a hundred, with the number that is.

    The rate of a customer is a gamma mean of their own past and of everybody's, where everybody counts like one ticket
    of their own; the number in 30 days is then negative binomial.
    """
    import pyarrow as pa
    from scipy.special import betainc  # heavy

    recent, before, own_days, tickets, all_days = (
        np.asarray(rows[name], dtype=np.float64) for name in ("recent", "before", "own_days", "tickets", "all_days")
    )
    known = (tickets >= _FEWEST_KNOWN) & (all_days > 0)
    shape = _PEERS_WEIGH + before
    share = WINDOW_DAYS / (_PEERS_WEIGH * all_days / np.maximum(tickets, 1) + own_days + WINDOW_DAYS)
    limit = np.full(len(recent), float(FEWEST))
    while (open_ := known & (limit < recent) & (betainc(limit, shape, share) > FALSE_ALARMS)).any():
        limit[open_] += 1
    kept = np.flatnonzero(known & (betainc(limit, shape, share) <= FALSE_ALARMS))
    usual = shape * share / (1 - share)
    judged = rows.append_column("limit", pa.array(limit.astype(np.int64))).append_column("usual", pa.array(usual))
    return judged.take(pa.array(kept))


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Asked for help {n} times in 30 days; {usual} would be usual.").format(
        n=row["recent"], usual=Shown(row["usual"], Unit.COUNT, 1)
    )


def because(row: Row) -> tuple[Evidence, ...]:
    """The number of tickets and the one that is no longer likely."""
    words = _("{n} tickets in 30 days; from {limit} on this is less likely than 1 in 100 for this customer.")
    return (
        Evidence(
            metric="tickets_in_30_days",
            value=row["recent"],
            threshold=row["limit"],
            unit=Unit.COUNT,
            rows=row["recent"] + row["before"],
            says=words.format(n=row["recent"], limit=row["limit"]),
        ),
    )


def _peers() -> dict[str, list[str]]:
    """Ten customers who each asked once in a year."""
    first = datetime(2023, 1, 10, 12)
    return {
        "customer_id": [f"peer-{n}" for n in range(10)],
        "opened_at": [(first + timedelta(days=30 * n)).isoformat(" ") for n in range(10)],
    }


KIND = Kind(
    id="many_tickets",
    label=_("Many requests for help"),
    definition=_(
        "So many tickets in 30 days that it happens to fewer than 1 in 100, given the customer's own past and "
        "everybody's; at least 2."
    ),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Let one person take over all open requests and call back."),
    severity=Severity.RISK,
    cooldown_days=30,
    facts=("tickets",),
    judge=judge,
    example=Example(
        tables={
            "subscriptions": {
                "customer_id": ["aki", "chiyo", "min-jun", *_peers()["customer_id"]],
                "started_at": ["2023-01-01"] * 13,
            },
            # Chiyo asks every month, so two more are nothing new; Min-jun's two lie 30 days apart
            "tickets": {
                "customer_id": [*_peers()["customer_id"], "aki", "aki", "min-jun", "min-jun", *["chiyo"] * 13],
                "opened_at": [
                    *_peers()["opened_at"],
                    *("2024-03-01 09:00", "2024-03-30 09:00", "2024-03-01 09:00", "2024-03-31 09:00"),
                    *(f"2023-{month:02}-05" for month in range(1, 13)),
                    "2023-12-20",
                ],
            },
        },
        seen={"aki": ("2024-03-31",)},
        cutoff=date(2024, 4, 10),
    ),
)

"""Tickets still open after nine in ten others were resolved."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

FEWEST = 20

_QUERY = """
-- how long nine in ten tickets took, of those resolved before the day a ticket was opened
with told as (
    select c.customer, coalesce(t.topic, '') as topic, t.opened_day, t.resolved_day,
           greatest(t.resolved_day - t.opened_day, 0) as days
    from local_tickets t
    join customer_codes c on c.customer_id = t.customer_id
),
resolved as (
    select resolved_day as day,
           quantile_disc(days, 0.9) over (order by resolved_day range between unbounded preceding and current row)
               as limit_days,
           count(*) over (order by resolved_day range between unbounded preceding and current row) as n
    from told
    where resolved_day is not null
),
limits as (
    select day, max(limit_days) as limit_days, max(n) as n from resolved group by day
),
open as (
    select t.customer, t.topic, t.resolved_day, t.opened_day + l.limit_days + 1 as day, l.limit_days, l.n as peers
    from told t
    asof join limits l on t.opened_day > l.day
)
select customer, day, min(topic) as topic, min(limit_days) as limit_days, min(peers) as peers, count(*) as n
from open
where peers >= 20 and (resolved_day is null or resolved_day >= day)
group by customer, day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("A request for help is open for more than {n} days.").format(n=row["limit_days"])


def because(row: Row) -> tuple[Evidence, ...]:
    """The time nine in ten tickets took."""
    words = _("Nine in ten of {peers} earlier tickets were resolved within {limit} days.")
    return (
        Evidence(
            metric="days_open",
            value=row["limit_days"] + 1,
            threshold=row["limit_days"],
            unit=Unit.DAYS,
            rows=row["n"],
            says=words.format(peers=row["peers"], limit=row["limit_days"]),
        ),
    )


def _peers() -> list[tuple[str, str]]:
    """Twenty tickets that were resolved within one day to ten days, two of each length."""
    first = datetime(2023, 6, 1, 9)
    return [(first.isoformat(" "), (first + timedelta(days=1 + n // 2)).isoformat(" ")) for n in range(20)]


KIND = Kind(
    id="unresolved_ticket",
    label=_("Unresolved complaint"),
    definition=_("A ticket open for longer than nine in ten of those resolved before it was opened (at least 20)."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Solve it now, or say honestly why it takes longer and until when."),
    severity=Severity.RISK,
    cooldown_days=30,
    facts=("tickets",),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2023-01-01"] * 3},
            "tickets": {
                "customer_id": [*["peer"] * 20, "aki", "chiyo", "min-jun"],
                "opened_at": [*(opened for opened, _end in _peers()), *["2024-03-01 09:00"] * 3],
                "resolved_at": [*(end for _opened, end in _peers()), "2024-03-12 09:00", "2024-03-10 09:00", None],
            },
        },
        seen={"min-jun": ("2024-03-11",), "aki": ("2024-03-11",)},
        cutoff=date(2024, 4, 1),
    ),
)

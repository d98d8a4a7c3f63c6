"""The same trouble again: a second ticket on a topic soon after the first."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

_QUERY = """
with asked as (
    select c.customer, t.topic, t.opened_day,
           t.opened_day - lag(t.opened_day) over (
               partition by c.customer, t.topic order by t.opened_day, t.opened_minute, t.ticket_id
           ) as days_since
    from local_tickets t
    join customer_codes c on c.customer_id = t.customer_id
    where coalesce(t.topic, '') <> ''
)
select a.customer, a.opened_day + 1 as day, min(a.topic) as topic, min(a.days_since) as days_since,
       min(r.repeat_issue_days) as limit_days, count(*) as n
from asked a
cross join signal_rules r
where a.days_since <= r.repeat_issue_days
group by a.customer, a.opened_day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Asked about {topic} again after {n} days.").format(topic=row["topic"], n=row["days_since"])


def because(row: Row) -> tuple[Evidence, ...]:
    """The days between the two tickets."""
    words = _("{n} days after the last ticket on the same topic; {limit} or fewer count as the same trouble.")
    return (
        Evidence(
            metric="days_since_same_topic",
            value=row["days_since"],
            threshold=row["limit_days"],
            unit=Unit.DAYS,
            rows=row["n"] + 1,
            says=words.format(n=row["days_since"], limit=row["limit_days"]),
        ),
    )


KIND = Kind(
    id="repeated_complaint",
    label=_("Repeated complaint"),
    definition=_("A ticket on the same topic as another not long before (`repeat_issue_days`)."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Find the cause behind both tickets, and tell them what was changed."),
    severity=Severity.RISK,
    cooldown_days=30,
    facts=("tickets",),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2024-01-01"] * 3},
            "tickets": {
                "customer_id": ["aki", "aki", "chiyo", "chiyo", "min-jun", "min-jun"],
                "topic": ["delivery", "delivery", "delivery", "delivery", "delivery", "taste"],
                "opened_at": ["2024-02-01", "2024-03-02", "2024-02-01", "2024-03-03", "2024-03-01", "2024-03-02"],
            },
        },
        seen={"aki": ("2024-03-03",)},
        cutoff=date(2024, 4, 1),
    ),
)

"""Requests for a lower price or another contract in the 60 days before a renewal that is still to come."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

LEAD_DAYS = 60

_QUERY = """
-- a renewal date is overwritten by the next one, so only those still to come say what was known
with renewals as (
    select c.customer, s.started_day, s.renews_day
    from local_subscriptions s
    join customer_codes c on c.customer_id = s.customer_id
    cross join cutoff k
    where s.renews_day >= k.day and s.started_day < k.day and (s.ended_day is null or s.ended_day >= k.day)
)
select q.customer, q.day + 1 as day, min(q.words) as words, min(r.renews_day - q.day) as days_left, count(*) as n
from change_requests q
join renewals r on r.customer = q.customer
where q.day > r.started_day and q.day between r.renews_day - 60 and r.renews_day
group by q.customer, q.day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Asked about a lower price or another contract ({words}), {n} days before the renewal.").format(
        words=row["words"], n=row["days_left"]
    )


def because(row: Row) -> tuple[Evidence, ...]:
    """How near the renewal was."""
    words = _("The renewal was {n} days away; {limit} or fewer count as near.")
    return (
        Evidence(
            metric="days_to_renewal",
            value=row["days_left"],
            threshold=LEAD_DAYS,
            unit=Unit.DAYS,
            rows=row["n"] + 1,
            says=words.format(n=row["days_left"], limit=LEAD_DAYS),
        ),
    )


KIND = Kind(
    id="change_request_before_renewal",
    label=_("Asked for a change before the renewal"),
    definition=_("A request for a lower price, another contract or its end within 60 days before the renewal."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Call before the renewal, with an offer that fits what they asked for."),
    severity=Severity.URGENT,
    cooldown_days=60,
    facts=("subscriptions",),
    any_of=("tickets", "events"),
    remembers=False,
    example=Example(
        tables={
            "subscriptions": {
                "customer_id": ["aki", "chiyo", "min-jun"],
                "started_at": ["2023-05-02"] * 3,
                "renews_at": ["2024-05-02", "2024-05-03", None],
            },
            "tickets": {
                "customer_id": ["aki", "chiyo", "min-jun"],
                "topic": ["가격 인하 요청"] * 3,
                "opened_at": ["2024-03-03"] * 3,
            },
        },
        seen={"aki": ("2024-03-04",)},
        cutoff=date(2024, 4, 1),
    ),
)

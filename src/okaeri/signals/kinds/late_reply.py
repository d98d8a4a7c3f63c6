"""Requests for help that got no reply within the time that was promised."""

from __future__ import annotations

from datetime import date

from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

_QUERY = """
-- a promise is known to be broken on the day after it ran out; a reply after that day is not known yet
with promised as (
    select c.customer, coalesce(t.topic, '') as topic, t.opened_at, t.opened_day,
           least(coalesce(t.first_reply_at, t.resolved_at), coalesce(t.resolved_at, t.first_reply_at)) as replied_at,
           least(coalesce(t.first_reply_day, t.resolved_day), coalesce(t.resolved_day, t.first_reply_day))
               as replied_day,
           t.opened_day + cast(floor((t.opened_minute + r.reply_promise_hours * 60) / 1440) as integer) as due_day,
           r.reply_promise_hours as promise_hours
    from local_tickets t
    join customer_codes c on c.customer_id = t.customer_id
    cross join signal_rules r
)
select customer, due_day + 1 as day, min(topic) as topic, min(promise_hours) as promise_hours, count(*) as n,
       max(case when replied_day <= due_day then date_diff('second', opened_at, replied_at) / 3600.0 end) as hours
from promised
where replied_at is null or replied_day > due_day
    or date_diff('second', opened_at, replied_at) > promise_hours * 3600
group by customer, due_day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Waited for a reply longer than the {promise} that were promised.").format(
        promise=Shown(row["promise_hours"], Unit.HOURS, 0)
    )


def because(row: Row) -> tuple[Evidence, ...]:
    """The longest wait, where the reply had come by then."""
    waited = _("The reply took {hours}; {promise} were promised.")
    waiting = _("No reply had come; {promise} were promised.")
    words = (waiting if row["hours"] is None else waited).format(
        hours=Shown(row["hours"], Unit.HOURS), promise=Shown(row["promise_hours"], Unit.HOURS, 0)
    )
    return (
        Evidence(
            metric="hours_to_first_reply",
            value=row["hours"],
            threshold=row["promise_hours"],
            unit=Unit.HOURS,
            rows=row["n"],
            says=words,
        ),
    )


KIND = Kind(
    id="late_reply",
    label=_("Late reply"),
    definition=_(
        "A ticket without a first reply within the promised hours (`reply_promise_hours`), by the wall clock."
    ),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Answer today, apologise for the wait, and say when it will be solved."),
    severity=Severity.RISK,
    cooldown_days=30,
    facts=("tickets",),
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2024-01-01"] * 3},
            "tickets": {
                "customer_id": ["aki", "chiyo", "min-jun"],
                "opened_at": ["2024-03-04 10:00", "2024-03-04 10:00", "2024-03-06 10:00"],
                "first_reply_at": ["2024-03-05 10:01", "2024-03-05 10:00", None],
            },
        },
        seen={"aki": ("2024-03-06",), "min-jun": ("2024-03-08",)},
        cutoff=date(2024, 4, 1),
    ),
)

"""Contracts that end or come up for renewal within 30 days."""

from __future__ import annotations

from datetime import date, timedelta

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.timetable import EPOCH
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

LEAD_DAYS = 30

_QUERY = """
-- ends and renewals still to come; dates of the past were overwritten, or written when the contract had ended
with running as (
    select c.customer, coalesce(s.plan, '') as plan, s.started_day, s.ended_day, s.renews_day, k.day as today
    from local_subscriptions s
    join customer_codes c on c.customer_id = s.customer_id
    cross join cutoff k
    where s.started_day < k.day and (s.ended_day is null or s.ended_day >= k.day)
),
terms as (
    -- of contracts older than a month: whether the renewal falls whole years after the start, give or take three days
    select plan, renews_day, renews_day - today as ahead,
           case when today - started_day <= 35 then null
                when renews_day - started_day >= 350
                     and abs(renews_day - started_day - 365.25 * round((renews_day - started_day) / 365.25)) <= 3
                then 0 else 1 end as is_off_years
    from running
    where ended_day is null and renews_day >= today
),
renewals as (
    select plan, min(renews_day) as first_day, max(renews_day) as last_day, max(ahead) as farthest,
           sum(is_off_years) * 2 > count(is_off_years) as mostly_off_years
    from terms
    group by plan
    having count(*) >= 2
),
ends as (
    -- of contracts that ended: whether that was at another time of the year than the one their plan renews at
    select r.plan,
           sum(case when abs(s.ended_day - r.last_day - 365.25 * round((s.ended_day - r.last_day) / 365.25)) > 3
                    then 1 else 0 end) * 2 > count(*) as mostly_at_other_times
    from renewals r
    join local_subscriptions s on coalesce(s.plan, '') = r.plan
    cross join cutoff k
    where s.ended_day < k.day
    group by r.plan
),
monthly as (
    -- all within a month and not by the year; on one date it may be the year's, unless contracts end all year round
    select r.plan
    from renewals r
    left join ends e on e.plan = r.plan
    where r.farthest <= 35 and r.mostly_off_years
          and (r.last_day - r.first_day > 3 or coalesce(e.mostly_at_other_times, false))
),
due as (
    select customer, started_day, ended_day as due_day, 'end' as what from running where ended_day is not null
    union all
    select r.customer, r.started_day, r.renews_day, 'renewal'
    from running r
    left join monthly m on m.plan = r.plan
    where r.ended_day is null and r.renews_day >= r.today and m.plan is null
),
first_due as (
    select customer, started_day, due_day, what,
           row_number() over (partition by customer order by due_day, what) as place
    from due
)
select customer, greatest(due_day - 30, started_day + 1) as day, due_day, what
from first_due
where place = 1
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    ending = _("The contract ends on {day}.") if row["what"] == "end" else _("The contract renews on {day}.")
    return ending.format(day=EPOCH + timedelta(days=row["due_day"]))


def because(row: Row) -> tuple[Evidence, ...]:
    """How long the contract still ran when this was seen."""
    words = _("The contract ran for {n} more days; {limit} or fewer count as near.")
    left = row["due_day"] - row["day"]
    return (
        Evidence(
            metric="days_to_contract_end",
            value=left,
            threshold=LEAD_DAYS,
            unit=Unit.DAYS,
            rows=1,
            says=words.format(n=left, limit=LEAD_DAYS),
        ),
    )


KIND = Kind(
    id="contract_ending",
    label=_("Contract about to end"),
    definition=_("The contract ends or comes up for renewal within 30 days."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Talk about what the next term should bring before the old one is over."),
    severity=Severity.RISK,
    cooldown_days=60,
    facts=("subscriptions",),
    remembers=False,
    caveats=(
        _(
            "Renewals of monthly plans are left out: those that are all due within 35 days and mostly not whole years "
            "after the start. Where all are due within three days, contracts must also have ended at other times."
        ),
    ),
    example=Example(
        tables={
            "subscriptions": {
                "customer_id": ["aki", "chiyo", "min-jun", "dana", "eun"],
                "plan": ["annual", "annual", "annual", "monthly", "monthly"],
                "started_at": ["2023-05-02"] * 5,
                "renews_at": ["2024-05-02", "2024-05-03", "2025-01-01", "2024-04-20", "2024-04-25"],
            },
            "events": {"customer_id": ["aki"], "name": ["login"], "occurred_at": ["2024-04-01"]},
        },
        seen={"aki": ("2024-04-02",)},
        cutoff=date(2024, 4, 2),
    ),
)

"""First steps that stopped: longer at one than nine in ten of those who went on from it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

FEWEST = 20

_QUERY = """
-- steps in the order they were done; before the first one stands the day of joining, where a flow is one of beginning
with flows as (
    select flow, min(done_day) as first_day from local_steps group by flow
),
beginnings as (
    select distinct f.flow, f.first_day
    from flows f
    join signal_words w on w.list = 'onboarding'
        and contains(regexp_replace(lower(nfc_normalize(f.flow)), '[^\\p{L}\\p{N}]+', '', 'g'), w.word)
),
done as (
    select c.customer, b.flow, '' as step, p.joined_day as day, -1.0 as minute, 0 as place
    from local_customers p
    join customer_codes c on c.customer_id = p.customer_id
    join beginnings b on p.joined_day >= b.first_day
    union all
    select c.customer, s.flow, s.step, s.done_day, s.done_minute, 1
    from local_steps s
    join customer_codes c on c.customer_id = s.customer_id
),
spans as (
    select customer, flow, step, day, place,
           lead(day) over (partition by customer, flow order by place, day, minute, step) as next_day
    from done
),
went_on as (
    select flow, step, next_day as day,
           quantile_disc(greatest(next_day - day, 0), 0.9) over w as limit_days, count(*) over w as n
    from spans
    where next_day is not null
    window w as (partition by flow, step order by next_day range between unbounded preceding and current row)
),
limits as (
    select flow, step, day, max(limit_days) as limit_days, max(n) as n from went_on group by flow, step, day
),
stuck as (
    select s.customer, s.flow, s.step, s.next_day, s.day + l.limit_days + 1 as day, l.limit_days, l.n as peers
    from spans s
    asof join limits l on l.flow = s.flow and l.step = s.step and s.day > l.day
)
select customer, day, min(flow) as flow, min(step) as step, min(limit_days) as limit_days, min(peers) as peers,
       count(*) as n
from stuck
where peers >= 20 and (next_day is null or next_day >= day)
group by customer, day
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    if not row["step"]:
        return _("Joined more than {n} days ago and has not taken the first step of {flow}.").format(
            n=row["limit_days"], flow=row["flow"]
        )
    return _("Has not gone on from {step} in {flow} for more than {n} days.").format(
        step=row["step"], flow=row["flow"], n=row["limit_days"]
    )


def because(row: Row) -> tuple[Evidence, ...]:
    """The time nine in ten of those who went on had needed."""
    words = _("Nine in ten of {peers} customers who went on did so within {limit} days.")
    return (
        Evidence(
            metric="days_at_step",
            value=row["limit_days"] + 1,
            threshold=row["limit_days"],
            unit=Unit.DAYS,
            rows=row["n"],
            says=words.format(peers=row["peers"], limit=row["limit_days"]),
        ),
    )


def _peers() -> list[tuple[str, str, str]]:
    """Twenty who took the second step one to ten days after the first, two after each number of days."""
    first = datetime(2023, 6, 1, 9)
    begun = [(f"peer-{n}", "profile", first.isoformat(" ")) for n in range(20)]
    return begun + [(f"peer-{n}", "invite", (first + timedelta(days=1 + n // 2)).isoformat(" ")) for n in range(20)]


_STEPS = [
    *_peers(),
    *((name, "profile", "2024-03-01 09:00") for name in ("aki", "chiyo", "min-jun")),
    ("chiyo", "invite", "2024-03-10 09:00"),
    ("min-jun", "invite", "2024-03-11 09:00"),
]

KIND = Kind(
    id="onboarding_stuck",
    label=_("Stuck in onboarding"),
    definition=_(
        "No further step for longer than nine in ten of those who went on from the same step had needed (at least 20)."
    ),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Offer help with this very step, in the product or by a call."),
    severity=Severity.RISK,
    cooldown_days=60,
    facts=("steps",),
    example=Example(
        tables={
            "subscriptions": {
                "customer_id": ["aki", "chiyo", "min-jun", *(f"peer-{n}" for n in range(20))],
                "started_at": ["2023-01-01"] * 23,
            },
            "steps": {
                "customer_id": [customer for customer, _step, _day in _STEPS],
                "flow": ["onboarding"] * len(_STEPS),
                "step": [step for _customer, step, _day in _STEPS],
                "done_at": [day for _customer, _step, day in _STEPS],
            },
        },
        seen={"aki": ("2024-03-11",), "min-jun": ("2024-03-11",)},
        cutoff=date(2024, 4, 1),
    ),
    caveats=(
        _("Soon after a flow was introduced only quick customers have finished it, so slow ones are called stuck."),
    ),
)

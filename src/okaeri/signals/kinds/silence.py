"""Silence longer than the customer's own rhythm: no visit for longer than 95% of their gaps would last.

The chance that a customer is still there may join as further evidence: see `evidence` of `signals_now`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

FEWEST_GAPS = 2

_QUERY = """
-- cube roots of gaps are taken as normal, as those of waiting times nearly are (Wilson & Hilferty 1931); a customer's
-- own mean and spread are drawn towards those of all gaps known by then, which weigh like three gaps of their own; the
-- next gap is then Student's, and silence begins past its 95% point
with steps as (
    select customer, day, lag(day) over (partition by customer order by day) as last_day,
           lead(day) over (partition by customer order by day) as next_day
    from visits
),
gaps as (
    select customer, day, next_day, cbrt(day - last_day) as gap, case when last_day is null then 0 else 1 end as is_gap
    from steps
),
daily as (
    select day, sum(is_gap) as n, sum(gap) as total, sum(gap * gap) as squares from gaps group by day
),
everybody as (
    select day, sum(n) over w as n, sum(total) over w as total, sum(squares) over w as squares
    from daily
    window w as (order by day rows between unbounded preceding and current row)
),
own as (
    select customer, day, next_day, sum(is_gap) over w as n, coalesce(sum(gap) over w, 0) as total,
           coalesce(sum(gap * gap) over w, 0) as squares
    from gaps
    window w as (partition by customer order by day rows between unbounded preceding and current row)
),
drawn as (
    select o.customer, o.day, o.next_day, o.n, e.total / e.n as peer_mean,
           greatest(e.squares / e.n - (e.total / e.n) * (e.total / e.n), 0) as peer_variance,
           o.total / o.n as own_mean, greatest(o.squares - o.total * o.total / o.n, 0) as own_squares
    from own o
    join everybody e on e.day = o.day
    where o.n >= 2
),
expected as (
    select customer, day, next_day, n, own_mean, (n * own_mean + 3 * peer_mean) / (n + 3) as mean,
           (3 * peer_variance + own_squares + n * 3 / (n + 3) * (own_mean - peer_mean) * (own_mean - peer_mean))
               / (n + 3) as variance
    from drawn
),
limits as (
    select x.customer, x.day, x.next_day, x.n, power(x.own_mean, 3) as usual_days,
           cast(floor(power(x.mean + s.t95 * sqrt(x.variance * (1 + 1 / (x.n + 3))), 3) + 1e-9) as integer)
               as limit_days
    from expected x
    join student s on s.freedom = least(x.n + 3, 2000)
)
select customer, day + limit_days + 1 as day, day as last_visit, limit_days, usual_days, cast(n as bigint) as gaps
from limits
where next_day is null or next_day > day + limit_days
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("Not seen for more than {n} days; their usual gap is about {usual}.").format(
        n=row["limit_days"], usual=Shown(row["usual_days"], Unit.DAYS, 0)
    )


def because(row: Row) -> tuple[Evidence, ...]:
    """The gap that 19 in 20 of this customer's gaps should not pass."""
    words = _("After {n} gaps of their own, 19 in 20 should be {limit} days or shorter.")
    return (
        Evidence(
            metric="days_since_last_visit",
            value=row["limit_days"] + 1,
            threshold=row["limit_days"],
            unit=Unit.DAYS,
            rows=row["gaps"] + 1,
            says=words.format(n=row["gaps"], limit=row["limit_days"]),
        ),
    )


def _weekly(customer: str, visits: int) -> list[tuple[str, str]]:
    first = datetime(2024, 1, 1)
    return [(customer, (first + timedelta(days=7 * n)).date().isoformat()) for n in range(visits)]


# everybody comes every seven days, so a gap of eight is longer than any; Min-jun's second gap is just seven again
_VISITS = _weekly("aki", 6) + _weekly("chiyo", 2) + _weekly("min-jun", 9)

KIND = Kind(
    id="silence",
    label=_("Silent for longer than usual"),
    definition=_(
        "No visit for longer than 95% of the customer's gaps should last, judged by their own gaps and, a little, by "
        "everybody's; it takes at least 3 visits."
    ),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Write a short personal note; name what is new since they were last there."),
    severity=Severity.RISK,
    cooldown_days=30,
    any_of=("orders", "events"),
    is_part_of_leaving=True,
    example=Example(
        tables={
            "orders": {
                "customer_id": [customer for customer, _day in _VISITS],
                "ordered_at": [day for _customer, day in _VISITS],
            },
        },
        seen={"aki": ("2024-02-13",)},
        cutoff=date(2024, 2, 27),
        presence="orders:90d",
    ),
    caveats=(_("Of customers who keep to their rhythm, about 1 in 20 is called silent after a visit by chance."),),
)

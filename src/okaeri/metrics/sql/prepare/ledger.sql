-- the points ledger with what lapsed: a ledger that books no expiry gets an entry wherever points that nobody had used
-- reach the end of their time; a use counts against the points that end soonest
with entries as (
    select customer, segment, kind, points, booked_at, booked_day, expires_at, expires_day
    from point_rows
),
books as (
    select max(case when kind = 'expire' then 1 else 0 end) as expiry
    from entries
),
happenings as (
    select e.customer, e.segment, e.booked_at as moment, e.booked_day as day, 0 as ends, e.points as growth
    from entries e
    cross join books b
    where e.points < 0 and b.expiry = 0
    union all
    select e.customer, e.segment, greatest(e.expires_at, e.booked_at) as moment,
           greatest(e.expires_day, e.booked_day) as day, 1 as ends, e.points as growth
    from entries e
    cross join books b
    cross join cutoff k
    where e.points > 0 and b.expiry = 0 and e.expires_day < k.day
),
running as (
    -- of the points that have ended so far, those that no use accounts for; what happens at one instant is one step,
    -- which is why the frame is a range
    select customer, segment, moment, day, ends,
           sum(growth) over (
               partition by customer order by moment, ends range between unbounded preceding and current row
           ) as unused
    from happenings
),
lapsed as (
    -- what was ever unused at an end stays lapsed, also when later points are used
    select customer, segment, moment, day,
           greatest(max(unused) over (
               partition by customer order by moment rows between unbounded preceding and current row
           ), 0.0) as so_far,
           greatest(coalesce(max(unused) over (
               partition by customer order by moment rows between unbounded preceding and 1 preceding
           ), 0.0), 0.0) as before
    from running
    where ends = 1
)
select customer, segment, kind, points, booked_at as moment, booked_day as day,
       greatest(coalesce(expires_at, timestamptz '9999-12-31 00:00:00+00'), booked_at) as ends
from entries
union all
select customer, segment, 'expire' as kind, before - so_far as points, moment, day, moment as ends
from lapsed
where so_far > before

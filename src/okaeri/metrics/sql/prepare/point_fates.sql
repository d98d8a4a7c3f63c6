-- per month of credit and later month, what became of the points credited: each use takes those that end soonest
-- (months are whole numbers since 1970-01; lots and uses are laid on one line of points per customer)
with credited as (
    select customer, segment, booked_day, booked_at, sum(points) as points,
           greatest(coalesce(expires_at, timestamptz '9999-12-31 00:00:00+00'), booked_at) as ends
    from point_rows
    where points > 0
    group by customer, segment, booked_day, booked_at,
             greatest(coalesce(expires_at, timestamptz '9999-12-31 00:00:00+00'), booked_at)
),
lots as (
    select customer, segment, points, booked_day,
           sum(points) over (
               partition by customer order by ends, booked_at rows between unbounded preceding and current row
           ) as reach
    from credited
),
taken as (
    select customer, moment, day, kind, sum(-points) as points
    from ledger
    where points < 0
    group by customer, moment, day, kind
),
uses as (
    select customer, kind, points, day,
           sum(points) over (
               partition by customer order by moment, case when kind = 'expire' then 1 else 0 end, kind
               rows between unbounded preceding and current row
           ) as reach
    from taken
),
fates as (
    select l.segment, l.booked_day as credited_day, greatest(u.day, l.booked_day) as day, u.kind,
           least(l.reach, u.reach) - greatest(l.reach - l.points, u.reach - u.points) as points
    from lots l
    join uses u on u.customer = l.customer and u.reach > l.reach - l.points and u.reach - u.points < l.reach
    union all
    select segment, booked_day as credited_day, booked_day as day, 'credit' as kind, points
    from lots
)
select segment,
       date_diff('month', date '1970-01-01', date '1970-01-01' + credited_day) as credited_month,
       date_diff('month', date '1970-01-01', date '1970-01-01' + day) as month,
       kind, sum(points) as points
from fates
group by segment, date_diff('month', date '1970-01-01', date '1970-01-01' + credited_day),
         date_diff('month', date '1970-01-01', date '1970-01-01' + day), kind

-- per month of credit and later month, what became of the points credited: each use takes those that end soonest
-- (months are whole numbers since 1970-01; lots and uses are laid on one line of points per customer)
with lots as (
    select customer, segment, points, day,
           sum(points) over (
               partition by customer order by ends, moment rows between unbounded preceding and current row
           ) as reach
    from ledger
    where points > 0
),
uses as (
    select customer, kind, -points as points, day,
           sum(-points) over (
               partition by customer order by moment, case when kind = 'expire' then 1 else 0 end, kind
               rows between unbounded preceding and current row
           ) as reach
    from ledger
    where points < 0
),
fates as (
    select l.segment, l.day as credited_day, greatest(u.day, l.day) as day, u.kind,
           least(l.reach, u.reach) - greatest(l.reach - l.points, u.reach - u.points) as points
    from lots l
    join uses u on u.customer = l.customer and u.reach > l.reach - l.points and u.reach - u.points < l.reach
    union all
    select segment, day as credited_day, day, 'credit' as kind, points
    from lots
)
select segment,
       date_diff('month', date '1970-01-01', date '1970-01-01' + credited_day) as credited_month,
       date_diff('month', date '1970-01-01', date '1970-01-01' + day) as month,
       kind, sum(points) as points
from fates
group by segment, date_diff('month', date '1970-01-01', date '1970-01-01' + credited_day),
         date_diff('month', date '1970-01-01', date '1970-01-01' + day), kind

-- the balance of points on the day asked about; a ledger that books no expiry loses, wherever points reach the end of
-- their time, those that no use before it accounts for (the points that end soonest are used first)
with entries as (
    select c.customer, p.kind, p.points, p.booked_at, p.booked_day, p.expires_at, p.expires_day
    from local_points p
    join customer_codes c on c.customer_id = p.customer_id
),
books as (
    select min(case when kind = 'expire' then booked_day end) as first_expiry_day
    from entries
),
happenings as (
    select customer, booked_at as moment, booked_day as day, 0 as ends, points as growth
    from entries
    where points < 0 and kind <> 'expire'
    union all
    select customer, greatest(expires_at, booked_at) as moment, greatest(expires_day, booked_day) as day, 1 as ends,
           points as growth
    from entries
    where points > 0 and expires_day is not null
),
running as (
    -- of the points that have ended so far, those that no use accounts for; what happens at one instant is one step
    select customer, day, ends,
           sum(growth) over (
               partition by customer order by moment, ends range between unbounded preceding and current row
           ) as unused
    from happenings
),
lapsed as (
    select a.place, greatest(max(case when r.ends = 1 then r.unused end), 0.0) as points
    from asked a
    join running r on r.customer = a.customer and r.day < a.day
    cross join books b
    where b.first_expiry_day is null or b.first_expiry_day >= a.day
    group by a.place
),
booked as (
    select a.place, a.day, sum(e.points) as points,
           sum(case when e.points > 0 and e.booked_day >= a.day - 90 then e.points else 0 end) as points_earned_90d,
           -sum(case when e.points < 0 and e.kind <> 'expire' and e.booked_day >= a.day - 365
                     then e.points else 0 end) as points_used_365d,
           -sum(case when e.kind = 'expire' then e.points else 0 end) as expired,
           sum(case when e.points > 0 and e.expires_day >= a.day and e.expires_day < a.day + 30
                    then e.points else 0 end) as ending,
           max(e.booked_day) as last_day
    from asked a
    join entries e on e.customer = a.customer and e.booked_day < a.day
    group by a.place, a.day
)
select a.place,
       coalesce(b.points, 0) - coalesce(l.points, 0) as points_balance,
       coalesce(b.points_earned_90d, 0) as points_earned_90d,
       coalesce(b.points_used_365d, 0) as points_used_365d,
       coalesce(b.expired, 0) + coalesce(l.points, 0) as points_lapsed,
       greatest(least(coalesce(b.ending, 0), coalesce(b.points, 0) - coalesce(l.points, 0)), 0) as points_ending_30d,
       a.day - b.last_day as days_since_points
from asked a
left join booked b on b.place = a.place
left join lapsed l on l.place = a.place

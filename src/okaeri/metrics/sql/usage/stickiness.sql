-- per segment and period: customers with an event, their active days with the squares for the spread, and the days seen
with used as (
    select r.segment, d.period, r.customer, count(distinct r.day) as active_days
    from event_rows r
    join days d on d.day = r.day
    where d.bit <> 0
    group by r.segment, d.period, r.customer
),
seen as (
    -- the records of use may begin inside the first period and end inside the last
    select p.period, least(p.end_day, k.day) - greatest(p.start_day, f.first_day) as days_seen
    from periods p
    cross join cutoff k
    cross join (select min(day) as first_day from event_rows) f
)
select u.segment, u.period, s.days_seen,
       count(*) as active,
       cast(sum(u.active_days) as bigint) as active_days,
       cast(sum(u.active_days * u.active_days) as bigint) as squares
from used u
join seen s on s.period = u.period
group by u.segment, u.period, s.days_seen

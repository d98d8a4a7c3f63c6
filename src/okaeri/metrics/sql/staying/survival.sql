-- how long the first stay of each customer lasted, or has lasted so far (ended = 0)
with first_stays as (
    -- the stays of one customer do not overlap, so the first start and the first end are one stay
    select customer, min(start_day) as start_day, min(end_day) as end_day
    from stays
    group by customer
),
lengths as (
    -- an end is seen on the last observed day, cutoff - 1, at the latest: an open stay is watched up to that day
    select f.customer,
           least(f.end_day, k.day - 1) - f.start_day as duration_days,
           case when f.end_day < k.day then 1 else 0 end as ended
    from first_stays f
    cross join cutoff k
    where f.start_day < k.day
)
select s.segment, l.duration_days, l.ended, count(*) as customers
from lengths l
join segments s on s.customer = l.customer
group by s.segment, l.duration_days, l.ended

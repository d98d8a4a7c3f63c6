-- one row per period and segment: customers whose contract came up for renewal, and how many of them were gone at the end
with due as (
    select distinct c.customer, d.period
    from contracts c
    cross join cutoff k
    -- a contract whose end lies past the data runs: its next renewal day is the day it is due
    join days d on d.day = case when c.end_day < k.day then c.end_day else coalesce(c.renews_day, c.end_day) end
    where d.period >= 0
),
outcomes as (
    select u.customer, u.period,
           case when (p.present & q.at_start) <> 0 then 1 else 0 end as at_start,
           case when (p.present & q.at_end) <> 0 then 1 else 0 end as at_end
    from due u
    join periods q on q.period = u.period
    join presence p on p.customer = u.customer and p.chunk = q.chunk
)
select s.segment, o.period,
       sum(o.at_start) as due,
       sum(o.at_start * (1 - o.at_end)) as lost
from outcomes o
join segments s on s.customer = o.customer
group by s.segment, o.period

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
),
counted as (
    select s.segment, o.period,
           sum(o.at_start) as due,
           sum(o.at_start * (1 - o.at_end)) as lost,
           sum(o.at_start * o.at_end) as stayed
    from outcomes o
    join segments s on s.customer = o.customer
    group by s.segment, o.period
),
masks as (
    select l.segment, p.chunk, p.present, count(*) as customers
    from presence p
    join lives l on l.customer = p.customer
    group by l.segment, p.chunk, p.present
),
retained as (
    select m.segment, q.period, sum(m.customers) as customers
    from masks m
    join periods q on q.chunk = m.chunk
    where (m.present & q.at_start) <> 0 and (m.present & q.at_end) <> 0
    group by m.segment, q.period
)
-- whoever ran through without a due day may have renewed by moving that day forward
select c.segment, c.period, c.due, c.lost, coalesce(r.customers, 0) - c.stayed as ran_through
from counted c
left join retained r on r.segment = c.segment and r.period = c.period

-- one row per period and segment: who was here at its start, who at its end, and where the others went
with masks as (
    select l.segment, l.first_period, p.chunk, p.present, count(*) as customers
    from presence p
    join lives l on l.customer = p.customer
    group by l.segment, l.first_period, p.chunk, p.present
),
boundaries as (
    -- the end of a period is the start of the next; the last end is a start of its own
    select period, chunk, at_start, at_end
    from periods
    union all
    select period + 1, chunk, at_end, 0
    from periods
    where period = (select max(period) from periods)
),
here as (
    select m.segment, b.period,
           sum(m.customers) as present,
           sum(case when (m.present & b.at_end) <> 0 then m.customers else 0 end) as stayed
    from masks m
    join boundaries b on b.chunk = m.chunk
    where (m.present & b.at_start) <> 0
    group by m.segment, b.period
),
came as (
    select segment, first_period as period, count(*) as arrived
    from lives
    group by segment, first_period
),
kept as (
    -- of those who came in a period, who was still here at its end
    select m.segment, p.period, sum(m.customers) as acquired
    from masks m
    join periods p on p.period = m.first_period and p.chunk = m.chunk
    where (m.present & p.at_end) <> 0
    group by m.segment, p.period
),
cells as (
    select segment, period from here
    union
    select segment, period - 1 from here
    union
    select segment, period from came
)
select c.segment, c.period,
       coalesce(a.present, 0) as cs,
       coalesce(b.present, 0) as ce,
       coalesce(a.stayed, 0) as retained,
       coalesce(k.acquired, 0) as acquired,
       coalesce(n.arrived, 0) - coalesce(k.acquired, 0) as came_and_went
from cells c
left join here a on a.segment = c.segment and a.period = c.period
left join here b on b.segment = c.segment and b.period = c.period + 1
left join came n on n.segment = c.segment and n.period = c.period
left join kept k on k.segment = c.segment and k.period = c.period

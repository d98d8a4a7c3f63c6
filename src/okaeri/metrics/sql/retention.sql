-- one row per period and segment: who was here at its start, who at its end, and where the others went
with masks as (
    select s.segment, p.chunk, p.mask, count(*) as customers
    from presence p
    join segments s on s.customer = p.customer
    group by s.segment, p.chunk, p.mask
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
           sum(case when (m.mask & b.at_end) <> 0 then m.customers else 0 end) as stayed
    from masks m
    join boundaries b on b.chunk = m.chunk
    where (m.mask & b.at_start) <> 0
    group by m.segment, b.period
),
arrivals as (
    select s.segment, d.period,
           count(*) as arrived,
           sum(case when (p.mask & d.at_end) <> 0 then 1 else 0 end) as acquired
    from firsts f
    join periods d on d.period = f.first_period
    join segments s on s.customer = f.customer
    left join presence p on p.customer = f.customer and p.chunk = d.chunk
    group by s.segment, d.period
),
cells as (
    select segment, period from here
    union
    select segment, period - 1 from here
    union
    select segment, period from arrivals
)
select c.segment, c.period,
       coalesce(a.present, 0) as cs,
       coalesce(b.present, 0) as ce,
       coalesce(a.stayed, 0) as retained,
       coalesce(n.acquired, 0) as acquired,
       coalesce(n.arrived, 0) - coalesce(n.acquired, 0) as came_and_went
from cells c
left join here a on a.segment = c.segment and a.period = c.period
left join here b on b.segment = c.segment and b.period = c.period + 1
left join arrivals n on n.segment = c.segment and n.period = c.period

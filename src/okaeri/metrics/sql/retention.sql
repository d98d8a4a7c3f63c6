-- one row per period and segment: who was here at its start, who at its end, and where the others went
with masks as (
    select f.first_period, s.segment, p.chunk, p.mask, count(*) as customers
    from presence p
    join firsts f on f.customer = p.customer
    join segments s on s.customer = p.customer
    group by f.first_period, s.segment, p.chunk, p.mask
),
boundary_states as (
    select m.segment, d.period, m.first_period, m.customers,
           case when (m.mask & d.at_start) <> 0 then 1 else 0 end as at_start,
           case when (m.mask & d.at_end) <> 0 then 1 else 0 end as at_end
    from masks m
    join periods d on d.chunk = m.chunk
),
counts as (
    select segment, period,
           sum(customers * at_start) as cs,
           sum(customers * at_end) as ce,
           sum(customers * at_start * at_end) as retained,
           sum(case when first_period = period then customers * at_end else 0 end) as acquired
    from boundary_states
    group by segment, period
),
arrivals as (
    select s.segment, f.first_period as period, count(*) as arrived
    from firsts f
    join segments s on s.customer = f.customer
    group by s.segment, f.first_period
)
select coalesce(c.segment, a.segment) as segment,
       coalesce(c.period, a.period) as period,
       coalesce(c.cs, 0) as cs,
       coalesce(c.ce, 0) as ce,
       coalesce(c.retained, 0) as retained,
       coalesce(c.acquired, 0) as acquired,
       coalesce(a.arrived, 0) - coalesce(c.acquired, 0) as came_and_went
from counts c
full join arrivals a on a.segment = c.segment and a.period = c.period

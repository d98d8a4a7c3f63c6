-- one row per segment, cohort (period of first presence) and period since: who of the cohort was active in it
with masks as (
    select f.first_period as cohort, s.segment, a.chunk, a.mask, count(*) as customers
    from active_periods a
    join firsts f on f.customer = a.customer
    join segments s on s.customer = a.customer
    where f.first_period >= 0
    group by f.first_period, s.segment, a.chunk, a.mask
),
-- few masks are left to unpack, and at_start is the bit of the period itself
active as (
    select m.segment, m.cohort, p.period, sum(m.customers) as active
    from masks m
    join periods p on p.chunk = m.chunk
    where (m.mask & p.at_start) <> 0
    group by m.segment, m.cohort, p.period
),
cohorts as (
    select s.segment, f.first_period as cohort, count(*) as cohort_size
    from firsts f
    join segments s on s.customer = f.customer
    where f.first_period >= 0
    group by s.segment, f.first_period
)
select c.segment, c.cohort, p.period, c.cohort_size, cast(coalesce(a.active, 0) as bigint) as active
from cohorts c
join periods p on p.period >= c.cohort
left join active a on a.segment = c.segment and a.cohort = c.cohort and a.period = p.period

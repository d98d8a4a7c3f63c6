-- one row per segment, cohort (period of first presence) and period since: who of the cohort was active in it
with masks as (
    select l.segment, l.first_period as cohort, a.chunk, a.active, count(*) as customers
    from presence a
    join lives l on l.customer = a.customer
    where l.first_period >= 0
    group by l.segment, l.first_period, a.chunk, a.active
),
-- few masks are left to unpack, and at_start is the bit of the period itself
seen as (
    select m.segment, m.cohort, p.period, sum(m.customers) as active
    from masks m
    join periods p on p.chunk = m.chunk
    where (m.active & p.at_start) <> 0
    group by m.segment, m.cohort, p.period
),
cohorts as (
    select segment, first_period as cohort, count(*) as cohort_size
    from lives
    where first_period >= 0
    group by segment, first_period
)
select c.segment, c.cohort, p.period, c.cohort_size, cast(coalesce(a.active, 0) as bigint) as active
from cohorts c
join periods p on p.period >= c.cohort
left join seen a on a.segment = c.segment and a.cohort = c.cohort and a.period = p.period

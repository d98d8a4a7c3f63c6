-- one row per segment, cohort and period since: who of the cohort was seen in that period or in a later one
with lives as (
    select s.segment, f.first_period as cohort, l.last_period, count(*) as customers
    from firsts f
    join last_periods l on l.customer = f.customer
    join segments s on s.customer = f.customer
    where f.first_period >= 0
    group by s.segment, f.first_period, l.last_period
)
select l.segment, l.cohort, p.period,
       cast(sum(l.customers) as bigint) as cohort_size,
       cast(sum(case when l.last_period >= p.period then l.customers else 0 end) as bigint) as active
from lives l
join periods p on p.period >= l.cohort
group by l.segment, l.cohort, p.period

-- one row per segment, cohort and period since: who of the cohort was seen in that period or in a later one
with ends as (
    select segment, first_period as cohort, last_period, count(*) as customers
    from lives
    where first_period >= 0
    group by segment, first_period, last_period
)
select e.segment, e.cohort, p.period,
       cast(sum(e.customers) as bigint) as cohort_size,
       cast(sum(case when e.last_period >= p.period then e.customers else 0 end) as bigint) as active
from ends e
join periods p on p.period >= e.cohort
group by e.segment, e.cohort, p.period

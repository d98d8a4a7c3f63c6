-- one row per segment, cohort, currency and period since: what the cohort spent in it
with cohorts as (
    select segment, first_period as cohort, count(*) as cohort_size
    from lives
    where first_period >= 0
    group by segment, first_period
),
spent as (
    select l.segment, l.first_period as cohort, d.period, c.currency, sum(c.revenue) as revenue
    from customer_days c
    join days d on d.day = c.day
    join lives l on l.customer = c.customer
    where d.bit <> 0 and l.first_period >= 0 and d.period >= l.first_period and (c.orders > 0 or c.revenue <> 0)
    group by l.segment, l.first_period, d.period, c.currency
)
select c.segment, c.cohort, c.cohort_size, s.period, s.currency, s.revenue
from cohorts c
left join spent s on s.segment = c.segment and s.cohort = c.cohort

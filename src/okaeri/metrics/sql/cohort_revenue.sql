-- one row per segment, cohort, currency and period since: what the cohort spent in it
with cohorts as (
    select s.segment, f.first_period as cohort, count(*) as cohort_size
    from firsts f
    join segments s on s.customer = f.customer
    where f.first_period >= 0
    group by s.segment, f.first_period
),
spent as (
    select s.segment, f.first_period as cohort, d.period, c.currency, sum(c.revenue) as revenue
    from customer_days c
    join days d on d.day = c.day
    join firsts f on f.customer = c.customer
    join segments s on s.customer = c.customer
    where d.bit <> 0 and f.first_period >= 0 and d.period >= f.first_period and (c.orders > 0 or c.revenue <> 0)
    group by s.segment, f.first_period, d.period, c.currency
)
select c.segment, c.cohort, c.cohort_size, s.period, s.currency, s.revenue
from cohorts c
left join spent s on s.segment = c.segment and s.cohort = c.cohort

-- one row per segment, currency, cohort and later period: the cohort's monthly money at its end, and sums over customers
-- (x is what a customer paid at the end of the cohort's own period, y at the end of the later one)
with members as (
    select distinct customer, segment, currency, first_period as cohort
    from mrr_steps
    where first_period >= 0
),
firsts as (
    select m.customer, m.segment, m.currency, m.cohort, s.closing as x
    from members m
    join mrr_steps s on s.customer = m.customer and s.currency = m.currency and s.period = m.cohort
),
sizes as (
    select segment, currency, cohort,
           count(*) as cohort_size,
           sum(x) as first_mrr,
           sum(cast(x as double) * cast(x as double)) as first_squares
    from firsts
    group by segment, currency, cohort
),
changes as (
    select f.segment, f.currency, f.cohort, s.period,
           sum(s.closing - s.opening) as change,
           sum(cast(s.closing as double) * cast(s.closing as double)
               - cast(s.opening as double) * cast(s.opening as double)) as squares,
           sum(cast(f.x as double) * cast(s.closing - s.opening as double)) as products
    from firsts f
    join mrr_steps s on s.customer = f.customer and s.currency = f.currency and s.period >= f.cohort
    group by f.segment, f.currency, f.cohort, s.period
),
cells as (
    select z.segment, z.currency, z.cohort, p.period, z.cohort_size, z.first_mrr, z.first_squares,
           coalesce(c.change, 0) as change,
           coalesce(c.squares, 0.0) as squares,
           coalesce(c.products, 0.0) as products
    from sizes z
    join periods p on p.period >= z.cohort
    left join changes c
        on c.segment = z.segment and c.currency = z.currency and c.cohort = z.cohort and c.period = p.period
)
select segment, currency, cohort, period, cohort_size,
       cast(first_mrr as double) as first_mrr,
       first_squares,
       cast(sum(change) over (
           partition by segment, currency, cohort order by period rows between unbounded preceding and current row
       ) as double) as mrr,
       sum(squares) over (
           partition by segment, currency, cohort order by period rows between unbounded preceding and current row
       ) as squares,
       sum(products) over (
           partition by segment, currency, cohort order by period rows between unbounded preceding and current row
       ) as products
from cells

-- one row per segment, period and currency: revenue, and what came of it after the day of each customer's first
-- purchase ever, with the squares over customers
with bought as (
    select c.customer, d.period, c.currency, sum(c.revenue) as revenue,
           sum(case when c.day > t.first_order_day then c.revenue else 0.0 end) as repeat_revenue
    from customer_days c
    join days d on d.day = c.day
    join customer_totals t on t.customer = c.customer
    where d.bit <> 0 and (c.orders > 0 or c.revenue <> 0)
    group by c.customer, d.period, c.currency
)
select g.segment, b.period, b.currency, count(*) as customers,
       sum(b.revenue) as revenue,
       sum(b.repeat_revenue) as repeat_revenue,
       sum(b.revenue * b.revenue) as revenue_squares,
       sum(b.revenue * b.repeat_revenue) as products,
       sum(b.repeat_revenue * b.repeat_revenue) as repeat_squares
from bought b
join segments g on g.customer = b.customer
group by g.segment, b.period, b.currency

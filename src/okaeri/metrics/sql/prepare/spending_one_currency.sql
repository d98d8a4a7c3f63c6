-- what each customer bought in each period; one currency, so one row per customer and period
with bought as (
    select c.customer, d.period, sum(cast(c.orders as double)) as orders, sum(c.revenue) as revenue
    from customer_days c
    join days d on d.day = c.day
    where d.bit <> 0 and (c.orders > 0 or c.revenue <> 0)
    group by c.customer, d.period
)
select b.customer, b.period, m.currency, b.orders as all_orders, b.orders, b.revenue
from bought b
cross join (select min(currency) as currency from customer_days where events = 0) m

-- what each customer bought in each period, a row per currency; all_orders stands in one of the rows
with bought as (
    select c.customer, d.period, c.currency, sum(cast(c.orders as double)) as orders, sum(c.revenue) as revenue
    from customer_days c
    join days d on d.day = c.day
    where d.bit <> 0 and (c.orders > 0 or c.revenue <> 0)
    group by c.customer, d.period, c.currency
)
select customer, period, currency,
       case when row_number() over (partition by customer, period order by currency) = 1
            then sum(orders) over (partition by customer, period) else 0.0 end as all_orders,
       orders, revenue
from bought

-- customers without new facts as they were; the others added up again
select o.customer, o.day, o.currency, o.orders, o.revenue, o.amount_squares, o.returned, o.events
from old_days o
left join (select distinct customer from new_days) t on t.customer = o.customer
where t.customer is null
union all
select customer, day, currency,
       cast(sum(orders) as integer) as orders,
       sum(revenue) as revenue,
       sum(amount_squares) as amount_squares,
       sum(returned) as returned,
       cast(sum(events) as integer) as events
from (
    select o.customer, o.day, o.currency, o.orders, o.revenue, o.amount_squares, o.returned, o.events
    from old_days o
    join (select distinct customer from new_days) t on t.customer = o.customer
    union all
    select customer, day, currency, orders, revenue, amount_squares, returned, events from new_days
) as touched
group by customer, day, currency

-- one row per customer: first and last day of buying and of using
select customer,
       min(case when orders > 0 then day end) as first_order_day,
       max(case when orders > 0 then day end) as last_order_day,
       cast(sum(orders) as integer) as orders,
       min(case when events > 0 then day end) as first_event_day,
       max(case when events > 0 then day end) as last_event_day,
       cast(sum(events) as integer) as events
from customer_days
group by customer

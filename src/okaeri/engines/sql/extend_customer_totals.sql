-- spans of old and new customer-days put together
select customer,
       min(first_order_day) as first_order_day,
       max(last_order_day) as last_order_day,
       cast(sum(orders) as integer) as orders,
       min(first_event_day) as first_event_day,
       max(last_event_day) as last_event_day,
       cast(sum(events) as integer) as events
from (
    select customer, first_order_day, last_order_day, orders, first_event_day, last_event_day, events from old_totals
    union all
    select customer,
           case when orders > 0 then day end, case when orders > 0 then day end, orders,
           case when events > 0 then day end, case when events > 0 then day end, events
    from new_days
) as spans
group by customer

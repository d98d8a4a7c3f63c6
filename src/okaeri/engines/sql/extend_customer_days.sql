-- customers without new facts as they were; the others added up again
select o.customer, o.day, o.currency, o.orders, o.revenue, o.events
from old_days o
left join (select distinct customer from new_days) t on t.customer = o.customer
where t.customer is null
union all
select customer, day, currency,
       cast(sum(orders) as integer) as orders,
       sum(revenue) as revenue,
       cast(sum(events) as integer) as events
from (
    select o.customer, o.day, o.currency, o.orders, o.revenue, o.events
    from old_days o
    join (select distinct customer from new_days) t on t.customer = o.customer
    union all
    select customer, day, currency, orders, revenue, events from new_days
) as touched
-- days of use stay rows of their own, as they are when all is built anew
group by customer, day, currency, case when events > 0 then 1 else 0 end

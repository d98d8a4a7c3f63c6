-- every customer any fact names, numbered; codes already given stay as they are
with named as (
    select distinct customer_id from (
        select customer_id from orders
        union all select customer_id from events
        union all select customer_id from subscriptions
        union all select customer_id from customers
        union all select customer_id from tickets
        union all select customer_id from answers
        union all select customer_id from memberships
        union all select customer_id from points
        union all select customer_id from rewards
    ) as facts
    where customer_id is not null
),
fresh as (
    select n.customer_id
    from named n
    left join known_codes k on k.customer_id = n.customer_id
    where k.customer_id is null
)
select customer, customer_id from known_codes
union all
select (select coalesce(max(customer), 0) from known_codes) + row_number() over (order by customer_id) as customer,
       customer_id
from fresh

-- days from each customer's first order to the second, or watched so far without one (ended = 0)
with bought as (
    select c.customer, c.day, c.orders
    from customer_days c
    cross join cutoff k
    where c.orders > 0 and c.day < k.day
),
first_orders as (
    select customer, min(day) as day
    from bought
    group by customer
),
second_orders as (
    select f.customer, f.day as first_day,
           sum(case when b.day = f.day then b.orders else 0 end) as on_first_day,
           min(case when b.day > f.day then b.day end) as next_day
    from first_orders f
    join bought b on b.customer = f.customer
    group by f.customer, f.day
),
lengths as (
    -- a second order is seen on the last observed day, cutoff - 1, at the latest
    select o.customer,
           case when o.on_first_day > 1 then 0 else coalesce(o.next_day, k.day - 1) - o.first_day end as duration_days,
           case when o.on_first_day > 1 or o.next_day is not null then 1 else 0 end as ended
    from second_orders o
    cross join cutoff k
)
select s.segment, l.duration_days, l.ended, count(*) as customers
from lengths l
join segments s on s.customer = l.customer
group by s.segment, l.duration_days, l.ended

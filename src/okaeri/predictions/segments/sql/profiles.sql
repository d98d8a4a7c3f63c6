-- one row per customer seen before a day: what they bought and used until then; money in the currency they mostly buy in
with before as (
    select d.customer, d.day, d.currency, d.orders, d.revenue, d.events, r.day as until_day, r.from_day
    from customer_days d
    cross join profile_rule r
    where d.day < r.day
),
by_currency as (
    select customer, currency, sum(orders) as orders,
           sum(case when day >= from_day then revenue else 0.0 end) as revenue
    from before
    where orders > 0
    group by customer, currency
),
returned as (
    -- money that went back on a day without an order
    select customer, currency, sum(case when day >= from_day then revenue else 0.0 end) as revenue
    from before
    where orders = 0 and revenue <> 0
    group by customer, currency
),
mostly as (
    select customer, currency, revenue,
           row_number() over (partition by customer order by orders desc, currency) as place
    from by_currency
),
totals as (
    select customer,
           sum(case when day >= from_day then orders else 0 end) as orders,
           sum(orders) as all_orders,
           min(case when orders > 0 then day end) as first_order_day,
           max(case when orders > 0 then day end) as last_order_day,
           sum(case when day >= until_day - 90 then events else 0 end) as uses_in_90_days,
           sum(events) as uses
    from before
    group by customer
)
select t.customer, coalesce(m.currency, '') as currency,
       cast(t.all_orders as double) as all_orders,
       cast(t.orders as double) as orders,
       coalesce(m.revenue, 0.0) + coalesce(b.revenue, 0.0) as revenue,
       t.first_order_day, t.last_order_day,
       cast(t.uses_in_90_days as double) as uses_in_90_days,
       cast(t.uses as double) as uses
from totals t
left join mostly m on m.customer = t.customer and m.place = 1
left join returned b on b.customer = t.customer and b.currency = m.currency
order by t.customer

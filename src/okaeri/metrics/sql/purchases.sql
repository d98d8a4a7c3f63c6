-- one row per period, segment and currency: buyers, orders and revenue, with the squares their intervals need;
-- customers and one_time count over all currencies and stand with the main one, so that one pass serves both
with main as (
    select min(currency) as currency
    from customer_days
    where orders > 0
),
per_customer as (
    select c.customer, d.period, cast(null as varchar) as elsewhere,
           cast(sum(c.orders) as double) as all_orders,
           cast(sum(case when c.currency = m.currency then c.orders else 0 end) as double) as orders,
           sum(case when c.currency = m.currency then c.revenue else 0.0 end) as revenue
    from customer_days c
    join days d on d.day = c.day
    cross join main m
    where d.bit <> 0 and (c.orders > 0 or c.revenue <> 0)
    group by c.customer, d.period
    union all
    select c.customer, d.period, c.currency as elsewhere,
           0.0 as all_orders,
           cast(sum(c.orders) as double) as orders,
           sum(c.revenue) as revenue
    from customer_days c
    join days d on d.day = c.day
    join main m on m.currency <> c.currency
    where d.bit <> 0 and (c.orders > 0 or c.revenue <> 0)
    group by c.customer, d.period, c.currency
),
totals as (
    select p.period, s.segment, p.elsewhere,
           sum(case when p.all_orders > 0 then 1 else 0 end) as customers,
           sum(case when p.all_orders = 1 then 1 else 0 end) as one_time,
           sum(case when p.orders > 0 then 1 else 0 end) as buyers,
           sum(case when p.orders > 0 or p.revenue <> 0 then 1 else 0 end) as units,
           sum(p.orders) as orders,
           sum(p.revenue) as revenue,
           sum(p.revenue * p.revenue) as revenue_squares,
           sum(p.orders * p.orders) as order_squares,
           sum(p.orders * p.revenue) as order_revenue,
           sum(case when p.orders > 0 then p.revenue else 0.0 end) as buyer_revenue
    from per_customer p
    join segments s on s.customer = p.customer
    group by p.period, s.segment, p.elsewhere
)
select t.period, t.segment, coalesce(t.elsewhere, m.currency) as currency,
       cast(t.customers as bigint) as customers,
       cast(t.one_time as bigint) as one_time,
       cast(t.buyers as bigint) as buyers,
       cast(t.units as bigint) as units,
       t.orders, t.revenue, t.revenue_squares, t.order_squares, t.order_revenue, t.buyer_revenue
from totals t
cross join main m

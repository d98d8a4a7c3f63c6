-- one row per period, segment and currency: buyers, orders and revenue, with the squares their intervals need;
-- customers and one_time count over all currencies and stand with one of them: add them up
select p.period, s.segment, p.currency,
       cast(sum(case when p.all_orders > 0 then 1 else 0 end) as bigint) as customers,
       cast(sum(case when p.all_orders = 1 then 1 else 0 end) as bigint) as one_time,
       cast(sum(case when p.orders > 0 then 1 else 0 end) as bigint) as buyers,
       count(*) as units,
       sum(p.orders) as orders,
       sum(p.revenue) as revenue,
       sum(p.revenue * p.revenue) as revenue_squares,
       sum(p.orders * p.orders) as order_squares,
       sum(p.orders * p.revenue) as order_revenue,
       sum(case when p.orders > 0 then p.revenue else 0.0 end) as buyer_revenue
from spending p
join segments s on s.customer = p.customer
group by p.period, s.segment, p.currency

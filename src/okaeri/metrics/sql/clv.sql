-- per period, segment and currency: what a customer spent in the period, beside how long repeat buyers stay
with spent as (
    select c.customer, d.period, c.currency,
           cast(sum(c.orders) as double) as orders,
           sum(c.revenue) as revenue
    from customer_days c
    join days d on d.day = c.day
    where d.bit <> 0 and (c.orders > 0 or c.revenue <> 0)
    group by c.customer, d.period, c.currency
),
value as (
    select g.segment, p.period, p.currency,
           sum(case when p.orders > 0 then 1 else 0 end) as buyers,
           count(*) as units,
           sum(p.orders) as orders,
           sum(p.revenue) as revenue,
           sum(p.revenue * p.revenue) as revenue_squares,
           sum(case when p.orders > 0 then p.revenue else 0.0 end) as buyer_revenue
    from spent p
    join segments g on g.customer = p.customer
    group by g.segment, p.period, p.currency
),
bought as (
    -- what lies before the first period counts as well (period -1), what lies after the last does not
    select c.customer, coalesce(d.period, -1) as period, min(c.day) as min_day, max(c.day) as max_day, sum(c.orders) as orders
    from customer_days c
    cross join cutoff k
    left join days d on d.day = c.day
    where c.orders > 0 and c.day < k.day and (d.bit <> 0 or coalesce(d.period, -1) = -1)
    group by c.customer, coalesce(d.period, -1)
),
so_far as (
    select customer, period, max_day,
           coalesce(lag(max_day) over (partition by customer order by period), min_day) as before_day,
           min(min_day) over (partition by customer order by period) as first_day,
           sum(orders) over (partition by customer order by period) as orders_now,
           orders
    from bought
),
grown as (
    -- how much each period added to every customer's days and to their square: sums over periods telescope
    select customer, period,
           max_day - before_day as days,
           cast(max_day - first_day as double) * (max_day - first_day)
               - cast(before_day - first_day as double) * (before_day - first_day) as squares,
           case when orders_now >= 2 and orders_now - orders < 2 then 1 else 0 end as repeaters
    from so_far
),
added as (
    select s.segment, g.period, sum(g.repeaters) as repeaters, sum(g.days) as days, sum(g.squares) as squares
    from grown g
    join segments s on s.customer = g.customer
    group by s.segment, g.period
),
lives as (
    select a.segment, p.period, sum(a.repeaters) as repeaters, sum(a.days) as days, sum(a.squares) as squares
    from added a
    join periods p on p.period >= a.period
    group by a.segment, p.period
)
select v.segment, v.period, v.currency,
       cast(v.buyers as bigint) as buyers,
       v.units, v.orders, v.revenue, v.revenue_squares, v.buyer_revenue,
       cast(coalesce(l.repeaters, 0) as bigint) as repeaters,
       cast(coalesce(l.days, 0) as double) as days,
       coalesce(l.squares, 0.0) as squares
from value v
left join lives l on l.segment = v.segment and l.period = v.period

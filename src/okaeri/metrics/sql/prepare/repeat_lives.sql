-- per segment and period end: customers with two orders or more so far, and the days from their first to last order
with bought as (
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
)
select a.segment, p.period,
       cast(sum(a.repeaters) as bigint) as repeaters,
       cast(sum(a.days) as double) as days,
       sum(a.squares) as squares
from added a
join periods p on p.period >= a.period
group by a.segment, p.period

-- orders, money and the customer's own rhythm, from the days before the one asked about; a return has no day on which
-- it became known other than its own, so it counts from the day after that
with bought as (
    -- one row per customer and day; money in the usual currency only, since two are never added
    select d.customer, d.day, sum(d.orders) as orders,
           sum(case when d.currency = r.currency then d.revenue end) as spend
    from customer_days d
    cross join feature_rule r
    where (d.orders > 0 or d.revenue <> 0) and d.customer in (select customer from asked)
    group by d.customer, d.day
),
gaps as (
    select customer, day, day - lag(day) over (partition by customer order by day) as gap_days
    from bought
    where orders > 0
),
rhythm as (
    -- the customer's own gaps as they were after each buying day: the median of the last ten, and the longest
    select customer, day, min(day) over (partition by customer) as first_day,
           median(gap_days) over (
               partition by customer order by day rows between 9 preceding and current row
           ) as order_gap_days,
           max(gap_days) over (
               partition by customer order by day rows between unbounded preceding and current row
           ) as longest_gap_days
    from gaps
),
latest as (
    select a.place, a.day, r.day as last_day, r.first_day, r.order_gap_days, r.longest_gap_days
    from asked a
    asof left join rhythm r on r.customer = a.customer and r.day < a.day
),
counted as (
    select a.place, sum(b.orders) as orders_ever,
           sum(case when b.day >= a.day - 30 then b.orders else 0 end) as orders_30d,
           sum(case when b.day >= a.day - 90 then b.orders else 0 end) as orders_90d,
           sum(case when b.day >= a.day - 365 then b.orders else 0 end) as orders_365d,
           sum(case when b.day < a.day - 90 and b.day >= a.day - 455 then b.orders else 0 end) as orders_before,
           sum(case when b.day >= a.day - 90 then b.spend end) as spend_90d,
           sum(case when b.day >= a.day - 365 then b.spend end) as spend_365d,
           sum(case when b.day < a.day - 90 and b.day >= a.day - 455 then b.spend end) as spend_before,
           sum(b.spend) as spend_ever
    from asked a
    join bought b on b.customer = a.customer and b.day < a.day
    group by a.place
),
sent_back as (
    select c.customer, o.ordered_day as day
    from local_orders o
    join customer_codes c on c.customer_id = o.customer_id
    where o.kind = 'return'
),
returned as (
    select a.place,
           sum(case when b.day >= a.day - 90 then 1 else 0 end) as returns_90d,
           count(*) as returns_365d
    from asked a
    join sent_back b on b.customer = a.customer and b.day < a.day and b.day >= a.day - 365
    group by a.place
),
paced as (
    -- what came in 90 days before these, on average over the year before, or over as much of it as there was
    select l.place,
           case when l.day - 90 - l.first_day >= 30
                then c.orders_before * 90.0 / least(365, l.day - 90 - l.first_day) end as usual_orders,
           case when l.day - 90 - l.first_day >= 30
                then c.spend_before * 90.0 / least(365, l.day - 90 - l.first_day) end as usual_spend
    from latest l
    join counted c on c.place = l.place
)
select l.place,
       l.day - l.last_day as days_since_order,
       coalesce(c.orders_ever, 0) as orders_ever,
       coalesce(c.orders_30d, 0) as orders_30d,
       coalesce(c.orders_90d, 0) as orders_90d,
       coalesce(c.orders_365d, 0) as orders_365d,
       case when p.usual_orders > 0 then c.orders_90d / p.usual_orders end as order_pace,
       l.order_gap_days,
       (l.day - l.last_day) / l.order_gap_days as silence_in_gaps,
       (l.day - l.last_day) * 1.0 / l.longest_gap_days as silence_in_longest_gap,
       -- who never bought in the usual currency spent something nobody can state in it
       case when c.spend_ever is not null then coalesce(c.spend_90d, 0) end as spend_90d,
       case when c.spend_ever is not null then coalesce(c.spend_365d, 0) end as spend_365d,
       case when p.usual_spend > 0 then coalesce(c.spend_90d, 0) / p.usual_spend end as spend_pace,
       case when c.orders_365d > 0 then c.spend_365d / c.orders_365d end as order_value,
       coalesce(r.returns_90d, 0) as returns_90d,
       coalesce(r.returns_365d, 0) as returns_365d
from latest l
left join counted c on c.place = l.place
left join returned r on r.place = l.place
left join paced p on p.place = l.place

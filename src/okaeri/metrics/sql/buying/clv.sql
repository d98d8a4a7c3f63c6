-- per period, segment and currency: what a customer spent in the period, beside how long repeat buyers stay
with value as (
    select g.segment, p.period, p.currency,
           cast(sum(case when p.orders > 0 then 1 else 0 end) as bigint) as buyers,
           count(*) as units,
           sum(p.orders) as orders,
           sum(p.revenue) as revenue,
           sum(p.revenue * p.revenue) as revenue_squares,
           sum(case when p.orders > 0 then p.revenue else 0.0 end) as buyer_revenue
    from spending p
    join segments g on g.customer = p.customer
    group by g.segment, p.period, p.currency
)
select v.segment, v.period, v.currency, v.buyers, v.units, v.orders, v.revenue, v.revenue_squares, v.buyer_revenue,
       cast(coalesce(l.repeaters, 0) as bigint) as repeaters,
       coalesce(l.days, 0.0) as days,
       coalesce(l.squares, 0.0) as squares
from value v
left join repeat_lives l on l.segment = v.segment and l.period = v.period

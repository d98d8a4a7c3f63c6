-- per segment, period and currency of the purchases: what CLV is made of, beside the spend in that currency and the
-- customers who came for the first time; spend_currencies tells whether some of the spend is in another currency
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
),
spent as (
    select s.segment, d.period, s.currency, sum(s.amount) as spend
    from spend_rows s
    join days d on d.day = s.spent_day
    where d.bit <> 0
    group by s.segment, d.period, s.currency
),
currencies as (
    select segment, period, count(*) as spend_currencies
    from spent
    group by segment, period
),
won as (
    select segment, first_period as period, count(*) as won
    from lives
    where first_period >= 0 and first_period < (select count(*) from periods)
    group by segment, first_period
)
select v.segment, v.period, v.currency, v.buyers, v.units, v.orders, v.revenue, v.revenue_squares, v.buyer_revenue,
       cast(coalesce(l.repeaters, 0) as bigint) as repeaters,
       coalesce(l.days, 0.0) as days,
       coalesce(l.squares, 0.0) as squares,
       s.spend, coalesce(n.spend_currencies, 0) as spend_currencies, coalesce(w.won, 0) as won
from value v
left join repeat_lives l on l.segment = v.segment and l.period = v.period
left join spent s on s.segment = v.segment and s.period = v.period and s.currency = v.currency
left join currencies n on n.segment = v.segment and n.period = v.period
left join won w on w.segment = v.segment and w.period = v.period

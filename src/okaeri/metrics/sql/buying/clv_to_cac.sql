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
),
cells as (
    -- spend has a row of its own where nobody bought anything
    select segment, period, currency from value
    union all
    select s.segment, s.period, s.currency
    from spent s
    left join (select distinct segment, period from value) b on b.segment = s.segment and b.period = s.period
    where b.segment is null
)
select x.segment, x.period, x.currency, coalesce(v.buyers, 0) as buyers,
       coalesce(v.units, 0) as units,
       coalesce(v.orders, 0.0) as orders,
       coalesce(v.revenue, 0.0) as revenue,
       coalesce(v.revenue_squares, 0.0) as revenue_squares,
       coalesce(v.buyer_revenue, 0.0) as buyer_revenue,
       cast(coalesce(l.repeaters, 0) as bigint) as repeaters,
       coalesce(l.days, 0.0) as days,
       coalesce(l.squares, 0.0) as squares,
       s.spend, coalesce(n.spend_currencies, 0) as spend_currencies, coalesce(w.won, 0) as won
from cells x
left join value v on v.segment = x.segment and v.period = x.period and v.currency = x.currency
left join repeat_lives l on l.segment = x.segment and l.period = x.period
left join spent s on s.segment = x.segment and s.period = x.period and s.currency = x.currency
left join currencies n on n.segment = x.segment and n.period = x.period
left join won w on w.segment = x.segment and w.period = x.period

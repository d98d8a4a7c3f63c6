-- one row per segment, period and currency of the spend: the spend, the customers won by it, and beside them what the
-- customers of the period brought after costs in that currency, over all the days on which they were customers
with spent as (
    select s.segment, d.period, s.currency, sum(s.amount) as spend
    from spend_rows s
    join days d on d.day = s.spent_day
    where d.bit <> 0
    group by s.segment, d.period, s.currency
),
won as (
    select segment, first_period as period, count(*) as won
    from lives
    where first_period >= 0 and first_period < (select count(*) from periods)
    group by segment, first_period
),
ends as (
    select p.period, p.start_day, least(p.end_day, k.day) as end_day
    from periods p
    cross join cutoff k
),
priced as (
    select g.segment, case when coalesce(c.currency, '') = '' then u.currency else c.currency end as currency,
           c.mrr, c.start_day, c.end_day
    from contracts c
    join segments g on g.customer = c.customer
    cross join usual_currency u
    where c.end_day > c.start_day and c.mrr is not null
),
-- what lasts from one day to another is a step up and a step down: its days up to t are the sum of weight × (t − day);
-- contracts are priced by the month, which is 30.4375 days
steps as (
    select segment, 'time' as what, '' as currency, day, sum(weight) as weight
    from (
        select g.segment, s.start_day as day, 1.0 as weight
        from stays s
        join segments g on g.customer = s.customer
        union all
        select g.segment, s.end_day as day, -1.0 as weight
        from stays s
        join segments g on g.customer = s.customer
    ) as present
    group by segment, day
    union all
    select segment, 'contracts' as what, currency, day, sum(weight) as weight
    from (
        select segment, currency, start_day as day, cast(mrr as double) as weight
        from priced
        union all
        select segment, currency, end_day as day, -cast(mrr as double) as weight
        from priced
    ) as paid
    group by segment, currency, day
),
lasted as (
    select t.segment, t.what, t.currency, e.period,
           sum(t.weight * (e.end_day - t.day))
               - sum(case when t.day < e.start_day then t.weight * (e.start_day - t.day) else 0.0 end) as total
    from steps t
    join ends e on t.day < e.end_day
    group by t.segment, t.what, t.currency, e.period
),
earned as (
    select segment, period, currency, total / 30.4375 * r.gross_margin as margin
    from lasted
    cross join rules r
    where what = 'contracts' and total <> 0 and (select max(window_days) from rule) = 0
    union all
    select g.segment, d.period, m.currency, sum(m.margin) as margin
    from order_margins m
    join segments g on g.customer = m.customer
    join days d on d.day = m.day
    where d.bit <> 0 and (select max(window_days) from rule) > 0
    group by g.segment, d.period, m.currency
),
earned_in as (
    select segment, period, count(*) as margin_currencies
    from earned
    group by segment, period
),
spent_in as (
    select segment, period, count(*) as spend_currencies
    from spent
    group by segment, period
),
cells as (
    select segment, period from spent
    union
    select segment, period from won
)
select c.segment, c.period, s.currency, s.spend, coalesce(w.won, 0) as won,
       e.margin,
       coalesce(t.total, 0.0) / 30.4375 as customer_months,
       coalesce(i.spend_currencies, 0) as spend_currencies,
       coalesce(m.margin_currencies, 0) as margin_currencies
from cells c
left join spent s on s.segment = c.segment and s.period = c.period
left join won w on w.segment = c.segment and w.period = c.period
left join earned e on e.segment = c.segment and e.period = c.period and e.currency = s.currency
left join lasted t on t.segment = c.segment and t.period = c.period and t.what = 'time'
left join spent_in i on i.segment = c.segment and i.period = c.period
left join earned_in m on m.segment = c.segment and m.period = c.period

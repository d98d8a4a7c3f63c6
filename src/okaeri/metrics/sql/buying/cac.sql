-- one row per segment, period and currency of the spend: what was spent, beside the customers who came for the first time
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
cells as (
    select segment, period from spent
    union
    select segment, period from won
)
select c.segment, c.period, s.currency, s.spend, coalesce(w.won, 0) as won
from cells c
left join spent s on s.segment = c.segment and s.period = c.period
left join won w on w.segment = c.segment and w.period = c.period

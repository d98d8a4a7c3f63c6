-- per segment and period: customers who are new, who returned, who came back after a break, and who went silent
with used as (
    -- period -1 is the one just before the first, -2 all that came before it
    select distinct r.segment, r.customer,
           case when d.period >= 0 then d.period when r.day >= b.start_day then -1 else -2 end as period
    from event_rows r
    left join days d on d.day = r.day
    cross join period_before b
    where d.bit <> 0 or coalesce(d.period, -1) = -1
),
placed as (
    select segment, period,
           lag(period) over (partition by segment, customer order by period) as before_period,
           lead(period) over (partition by segment, customer order by period) as next_period
    from used
),
moves as (
    select segment, period,
           case when before_period is null then 1 else 0 end as is_new,
           case when before_period = period - 1 then 1 else 0 end as is_returning,
           case when before_period < period - 1 then 1 else 0 end as is_resurrected,
           0 as is_dormant
    from placed
    union all
    select segment, period + 1 as period, 0 as is_new, 0 as is_returning, 0 as is_resurrected, 1 as is_dormant
    from placed
    where period >= -1 and (next_period is null or next_period > period + 1)
)
select m.segment, m.period,
       cast(sum(m.is_new) as bigint) as new_customers,
       cast(sum(m.is_returning) as bigint) as returning_customers,
       cast(sum(m.is_resurrected) as bigint) as resurrected,
       cast(sum(m.is_dormant) as bigint) as dormant
from moves m
join periods p on p.period = m.period
group by m.segment, m.period

-- per segment and period end: customers by their events in the last weeks and in the weeks before those;
-- is_known says who used the product before the earlier weeks began
with used as (
    select r.segment, r.customer, w.period,
           cast(sum(case when w.is_recent = 1 then r.events else 0 end) as bigint) as recent,
           cast(sum(case when w.is_recent = 1 then 0 else r.events end) as bigint) as earlier
    from event_rows r
    join trend_days w on w.day = r.day
    group by r.segment, r.customer, w.period
),
firsts as (
    select segment, customer, min(day) as first_day
    from event_rows
    group by segment, customer
)
select u.segment, u.period, u.recent, u.earlier,
       case when f.first_day < p.start_day then 1 else 0 end as is_known,
       count(*) as customers
from used u
join firsts f on f.segment = u.segment and f.customer = u.customer
join trend_periods p on p.period = u.period
group by u.segment, u.period, u.recent, u.earlier, case when f.first_day < p.start_day then 1 else 0 end

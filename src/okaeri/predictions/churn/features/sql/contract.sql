-- contracts as they stood on the day asked about: an end on that day or later was not known yet, and with it its reason;
-- the money and plan of a contract are taken as those it began with.
-- `renews_at` is not read: it holds the next date as of today, so for a past day it tells how long the contract went on
-- and, where it is emptied at the end, that it ended. The yearly day of the start says when a year's contract is due.
with spans as (
    select c.customer, s.subscription_id, coalesce(s.plan, '') as plan, s.started_at, s.end_reason,
           case when coalesce(nullif(s.currency, ''), r.currency) = r.currency then s.mrr end as mrr,
           s.started_day as start_day, coalesce(s.ended_day, 2147483647) as end_day
    from local_subscriptions s
    join customer_codes c on c.customer_id = s.customer_id
    cross join feature_rule r
    where coalesce(s.ended_day, 2147483647) > s.started_day
),
chained as (
    -- `reached` and what comes of it speaks only of ends before this start, which were known by then
    select *,
           max(end_day) over (
               partition by customer order by start_day, started_at, subscription_id
               rows between unbounded preceding and 1 preceding
           ) as reached,
           lag(mrr) over (partition by customer, plan order by start_day, started_at, subscription_id) as mrr_before,
           lag(end_day) over (partition by customer, plan order by start_day, started_at, subscription_id) as end_before
    from spans
),
marked as (
    select *,
           case when reached is null or start_day > reached then 1 else 0 end as begins,
           case when end_before <= start_day and mrr > mrr_before and mrr_before > 0 then 1 else 0 end as dearer
    from chained
),
stood as (
    select a.place, a.day, m.*, case when a.day <= m.end_day then 1 else 0 end as runs,
           (m.start_day, m.started_at, m.subscription_id) as moment
    from asked a
    join marked m on m.customer = a.customer and m.start_day < a.day
),
counted as (
    select place, day, sum(runs) as contracts_running, count(*) as contracts_ever,
           arg_max(plan, moment) filter (where runs = 1) as plan,
           sum(case when runs = 1 then mrr end) as mrr,
           max(case when begins = 1 then start_day end) as chain_day,
           max(case when runs = 1 then start_day end) as start_day,
           sum(begins) - 1 as contract_gaps,
           max(case when dearer = 1 then start_day end) as risen_day,
           arg_max(mrr / mrr_before - 1, moment) filter (where dearer = 1) as price_rise,
           max(case when runs = 0 then end_day end) as end_day,
           arg_max(end_reason, (end_day, subscription_id)) filter (where runs = 0) as end_reason
    from stood
    group by place, day
),
dated as (
    select *, date '1970-01-01' + cast(day as integer) as today, date '1970-01-01' + start_day as started,
           date_diff('year', date '1970-01-01' + start_day, date '1970-01-01' + cast(day as integer)) as years
    from counted
)
select a.place,
       coalesce(d.contracts_running, 0) as contracts_running,
       coalesce(d.contracts_ever, 0) as contracts_ever,
       d.plan,
       case when coalesce(d.contracts_running, 0) = 0 then 0 else d.mrr end as mrr,
       case when d.contracts_running > 0 then a.day - d.chain_day end as contract_days,
       case when cast(d.started + to_years(d.years) as date) >= d.today
            then date_diff('day', d.today, cast(d.started + to_years(d.years) as date))
            else date_diff('day', d.today, cast(d.started + to_years(d.years + 1) as date)) end as days_to_anniversary,
       coalesce(d.contract_gaps, 0) as contract_gaps,
       a.day - d.risen_day as days_since_price_rise,
       d.price_rise,
       case when d.contracts_running = 0 then a.day - d.end_day end as days_without_contract,
       d.end_reason
from asked a
left join dated d on d.place = a.place

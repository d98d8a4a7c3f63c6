-- what they did, as far as it had reached the company before the day asked about: late events are known late
with reached as (
    -- one row per customer, day, day of becoming known and name
    select c.customer, e.occurred_day as day,
           greatest(e.occurred_day, coalesce(e.received_day, e.occurred_day)) as known_day,
           e.name, count(*) as events
    from local_events e
    join customer_codes c on c.customer_id = e.customer_id
    where c.customer in (select customer from asked)
    group by c.customer, e.occurred_day, greatest(e.occurred_day, coalesce(e.received_day, e.occurred_day)), e.name
),
done as (
    select r.customer, r.day, r.known_day, r.events, k.slot, k.payment_failed, k.leaving
    from reached r
    join use_kinds k on k.name = r.name
),
counted as (
    select a.place, max(d.day) as last_day, min(d.day) as first_day,
           sum(case when d.day >= a.day - 7 then d.events else 0 end) as events_7d,
           sum(case when d.day >= a.day - 30 then d.events else 0 end) as events_30d,
           sum(case when d.day >= a.day - 90 then d.events else 0 end) as events_90d,
           sum(case when d.day < a.day - 30 and d.day >= a.day - 210 then d.events else 0 end) as events_before,
           count(distinct case when d.day >= a.day - 30 then d.day end) as active_days_30d,
           sum(case when d.day >= a.day - 90 and d.payment_failed = 1 then d.events else 0 end) as payment_failures_90d,
           sum(case when d.day >= a.day - 90 and d.leaving = 1 then d.events else 0 end) as leaving_signs_90d,
           sum(case when d.day >= a.day - 30 and d.slot = 1 then d.events else 0 end) as kind_1,
           sum(case when d.day >= a.day - 30 and d.slot = 2 then d.events else 0 end) as kind_2,
           sum(case when d.day >= a.day - 30 and d.slot = 3 then d.events else 0 end) as kind_3,
           sum(case when d.day >= a.day - 30 and d.slot = 4 then d.events else 0 end) as kind_4,
           sum(case when d.day >= a.day - 30 and d.slot = 5 then d.events else 0 end) as kind_5,
           sum(case when d.day >= a.day - 30 and d.slot = 6 then d.events else 0 end) as kind_6,
           sum(case when d.day >= a.day - 30 and d.slot = 7 then d.events else 0 end) as kind_7,
           sum(case when d.day >= a.day - 30 and d.slot = 8 then d.events else 0 end) as kind_8
    from asked a
    join done d on d.customer = a.customer and d.day < a.day and d.known_day < a.day
    group by a.place
)
select a.place,
       a.day - c.last_day as days_since_event,
       coalesce(c.events_7d, 0) as events_7d,
       coalesce(c.events_30d, 0) as events_30d,
       coalesce(c.events_90d, 0) as events_90d,
       coalesce(c.active_days_30d, 0) as active_days_30d,
       -- against their own half year before, or as much of it as there was
       case when c.events_before > 0 and a.day - 30 - c.first_day >= 30
            then c.events_30d / (c.events_before * 30.0 / least(180, a.day - 30 - c.first_day)) end as event_pace,
       coalesce(c.payment_failures_90d, 0) as payment_failures_90d,
       coalesce(c.leaving_signs_90d, 0) as leaving_signs_90d,
       coalesce(c.kind_1, 0) as kind_1, coalesce(c.kind_2, 0) as kind_2,
       coalesce(c.kind_3, 0) as kind_3, coalesce(c.kind_4, 0) as kind_4,
       coalesce(c.kind_5, 0) as kind_5, coalesce(c.kind_6, 0) as kind_6,
       coalesce(c.kind_7, 0) as kind_7, coalesce(c.kind_8, 0) as kind_8
from asked a
left join counted c on c.place = a.place

-- messages and calls that had gone out before the day asked about; what came of one has no date of its own, so it is
-- read two weeks after sending, when nobody opens it for the first time any more
with sent as (
    select c.customer, t.sent_day as day, t.sent_minute, t.touch_id, t.channel, lower(trim(t.outcome)) as outcome
    from local_touches t
    join customer_codes c on c.customer_id = t.customer_id
    where t.sent_day is not null and not coalesce(t.held_out, false)
),
received as (
    select a.place, a.day - max(s.day) as days_since_touch,
           sum(case when s.day >= a.day - 90 then 1 else 0 end) as touches_90d,
           arg_max(s.channel, (s.day, s.sent_minute, s.touch_id)) as touch_channel,
           sum(case when s.outcome <> '' and s.day >= a.day - 365 and s.day < a.day - 14 then 1 else 0 end) as told,
           sum(case when s.outcome in ('opened', 'clicked', 'replied', 'answered', 'converted')
                     and s.day >= a.day - 365 and s.day < a.day - 14 then 1 else 0 end) as opened,
           sum(case when s.outcome in ('clicked', 'replied', 'answered', 'converted')
                     and s.day >= a.day - 365 and s.day < a.day - 14 then 1 else 0 end) as clicked,
           sum(case when s.outcome in ('bounced', 'failed', 'undelivered', 'unsubscribed', 'complained')
                     and s.day >= a.day - 365 and s.day < a.day - 14 then 1 else 0 end) as touches_failed_365d
    from asked a
    join sent s on s.customer = a.customer and s.day < a.day
    group by a.place, a.day
),
held as (
    select a.place, count(*) as held_out_90d
    from asked a
    join customer_codes c on c.customer = a.customer
    join local_touches t on t.customer_id = c.customer_id
    where t.held_out and t.planned_day < a.day and t.planned_day >= a.day - 90
    group by a.place
)
select a.place, r.days_since_touch,
       coalesce(r.touches_90d, 0) as touches_90d,
       r.touch_channel,
       case when r.told > 0 then r.opened * 1.0 / r.told end as opened_share_365d,
       case when r.told > 0 then r.clicked * 1.0 / r.told end as clicked_share_365d,
       coalesce(r.touches_failed_365d, 0) as touches_failed_365d,
       coalesce(h.held_out_90d, 0) as held_out_90d
from asked a
left join received r on r.place = a.place
left join held h on h.place = a.place

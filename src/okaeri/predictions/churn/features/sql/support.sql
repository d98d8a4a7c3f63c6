-- tickets as they stood on the day asked about: a reply or an end on that day or later was not known yet; what a ticket
-- says of its channel, agent and topic is taken as written when it was opened
with tickets_of as (
    select c.customer, t.opened_day, t.first_reply_day, t.resolved_day, coalesce(k.slot, 0) as slot,
           coalesce(t.reopened, 0) as reopened,
           date_diff('second', timestamptz '1970-01-01 00:00:00+00', t.opened_at) as opened_second,
           greatest(date_diff('second', t.opened_at, t.first_reply_at), 0) as reply_seconds,
           greatest(date_diff('second', t.opened_at, t.resolved_at), 0) as resolution_seconds
    from local_tickets t
    join customer_codes c on c.customer_id = t.customer_id
    left join support_kinds k on k.name = lower(trim(t.topic))
),
recorded as (
    -- from when on replies and ends are written down at all: before it, no reply is no news
    select min(first_reply_day) as first_reply_day, min(resolved_day) as first_end_day
    from local_tickets
),
seen as (
    select a.place, a.day, t.opened_day, t.slot,
           case when t.resolved_day < a.day then 0 else 1 end as is_open,
           -- how often it was opened again has no dates; help desks close a ticket for good four weeks after it was
           -- resolved, so the count is final by then and is not looked at before
           case when t.resolved_day < a.day - 28 then t.reopened else 0 end as reopened,
           case when t.first_reply_day < a.day then t.reply_seconds
                when t.resolved_day < a.day then t.resolution_seconds
                else a.second - t.opened_second end / 3600.0 as waited_hours
    from asked a
    join tickets_of t on t.customer = a.customer and t.opened_day < a.day
),
counted as (
    select s.place,
           s.day - max(s.opened_day) as days_since_ticket,
           sum(case when s.opened_day >= s.day - 30 then 1 else 0 end) as tickets_30d,
           sum(case when s.opened_day >= s.day - 90 then 1 else 0 end) as tickets_90d,
           sum(case when s.opened_day >= s.day - 365 then 1 else 0 end) as tickets_365d,
           sum(s.is_open) as tickets_open,
           max(case when s.is_open = 1 then s.day - s.opened_day end) as oldest_open_days,
           max(case when s.opened_day >= s.day - 90 then s.waited_hours end) as wait_worst_90d,
           avg(case when s.opened_day >= s.day - 90 then s.waited_hours end) as wait_mean_90d,
           sum(case when s.opened_day >= s.day - 90 and s.waited_hours > r.reply_promise_hours then 1 else 0 end)
               as slow_replies_90d,
           sum(case when s.opened_day >= s.day - 365 then s.reopened else 0 end) as reopened_365d,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 1 then 1 else 0 end) as kind_1,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 2 then 1 else 0 end) as kind_2,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 3 then 1 else 0 end) as kind_3,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 4 then 1 else 0 end) as kind_4,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 5 then 1 else 0 end) as kind_5,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 6 then 1 else 0 end) as kind_6,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 7 then 1 else 0 end) as kind_7,
           sum(case when s.opened_day >= s.day - 90 and s.slot = 8 then 1 else 0 end) as kind_8
    from seen s
    cross join feature_rule r
    group by s.place, s.day
)
select a.place, c.days_since_ticket,
       coalesce(c.tickets_30d, 0) as tickets_30d,
       coalesce(c.tickets_90d, 0) as tickets_90d,
       coalesce(c.tickets_365d, 0) as tickets_365d,
       case when w.first_end_day < a.day then coalesce(c.tickets_open, 0) end as tickets_open,
       case when w.first_end_day < a.day then c.oldest_open_days end as oldest_open_days,
       case when w.first_reply_day < a.day then c.wait_worst_90d end as wait_worst_90d,
       case when w.first_reply_day < a.day then c.wait_mean_90d end as wait_mean_90d,
       case when w.first_reply_day < a.day then coalesce(c.slow_replies_90d, 0) end as slow_replies_90d,
       coalesce(c.reopened_365d, 0) as reopened_365d,
       coalesce(c.kind_1, 0) as kind_1, coalesce(c.kind_2, 0) as kind_2,
       coalesce(c.kind_3, 0) as kind_3, coalesce(c.kind_4, 0) as kind_4,
       coalesce(c.kind_5, 0) as kind_5, coalesce(c.kind_6, 0) as kind_6,
       coalesce(c.kind_7, 0) as kind_7, coalesce(c.kind_8, 0) as kind_8
from asked a
cross join recorded w
left join counted c on c.place = a.place

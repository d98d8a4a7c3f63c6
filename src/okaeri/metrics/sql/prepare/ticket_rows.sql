-- the tickets opened before the cutoff, as they stood then: a reply or an end that came later is not known yet;
-- seconds are elapsed time, so a change of the clocks does not lengthen or shorten them
select c.customer, t.ticket_id, coalesce(t.channel, '') as channel, coalesce(t.topic, '') as topic,
       coalesce(t.agent, '') as agent, t.opened_day, t.opened_minute,
       case when t.first_reply_day < k.day then t.first_reply_day end as replied_day,
       case when t.first_reply_day < k.day then t.first_reply_minute end as replied_minute,
       case when t.resolved_day < k.day then t.resolved_day end as resolved_day,
       case when t.resolved_day < k.day then t.resolved_minute end as resolved_minute,
       case when t.first_reply_day < k.day
            then greatest(date_diff('second', t.opened_at, t.first_reply_at), 0) end as reply_seconds,
       case when t.resolved_day < k.day
            then greatest(date_diff('second', t.opened_at, t.resolved_at), 0) end as resolution_seconds,
       k.second - date_diff('second', timestamptz '1970-01-01 00:00:00+00', t.opened_at) as watched_seconds,
       coalesce(t.reopened, 0) as reopened
from local_tickets t
join customer_codes c on c.customer_id = t.customer_id
cross join cutoff k
where t.opened_day < k.day

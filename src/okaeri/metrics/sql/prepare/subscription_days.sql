-- contracts with the local days they start, end and come up for renewal; an open end is the largest day there is
select c.customer, s.subscription_id, s.plan, s.mrr, s.currency, s.end_reason,
       s.started_day as start_day,
       coalesce(s.ended_day, 2147483647) as end_day,
       s.renews_day
from local_subscriptions s
join customer_codes c on c.customer_id = s.customer_id
cross join cutoff k
where s.started_day < k.day

-- contracts with the local days they start, end and come up for renewal; an open end is the largest day there is
select c.customer, s.subscription_id, s.plan, s.mrr, s.currency, s.end_reason,
       s.start_day,
       coalesce(s.end_day, 2147483647) as end_day,
       s.renews_day
from subscription_instants s
join customer_codes c on c.customer_id = s.customer_id
cross join cutoff k
where s.start_day < k.day

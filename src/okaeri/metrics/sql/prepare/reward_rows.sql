-- the rewards given before the cutoff, as they stood then
select c.customer, r.reward_id, coalesce(r.name, '') as name, r.issued_day,
       case when r.redeemed_day < k.day then r.redeemed_day end as redeemed_day
from local_rewards r
join customer_codes c on c.customer_id = r.customer_id
cross join cutoff k
where r.issued_day < k.day

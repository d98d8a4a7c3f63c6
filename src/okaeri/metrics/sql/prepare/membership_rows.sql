-- memberships that began before the cutoff; one that is open, or ends later, lasts to the largest day there is
select c.customer, m.membership_id, coalesce(m.programme, '') as programme, coalesce(m.tier, '') as tier,
       m.joined_day,
       case when m.left_day < k.day then m.left_day else 2147483647 end as left_day
from local_memberships m
join customer_codes c on c.customer_id = m.customer_id
cross join cutoff k
where m.joined_day < k.day

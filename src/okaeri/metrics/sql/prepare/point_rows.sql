-- the entries of the points ledger that were booked before the cutoff; what is no known kind is an adjustment
select c.customer, p.entry_id,
       case when p.kind in ('earn', 'spend', 'expire') then p.kind else 'adjust' end as kind,
       p.points, p.booked_at, p.booked_day, p.expires_at, p.expires_day
from local_points p
join customer_codes c on c.customer_id = p.customer_id
cross join cutoff k
where p.booked_day < k.day

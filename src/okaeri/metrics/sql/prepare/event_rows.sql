-- how often each customer did each thing on each local day before the cutoff
select c.customer, e.name, e.occurred_day as day, count(*) as events
from local_events e
join customer_codes c on c.customer_id = e.customer_id
cross join cutoff k
where e.occurred_day < k.day
group by c.customer, e.name, e.occurred_day

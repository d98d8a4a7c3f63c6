-- events by customer, name, the local day they happened and the local day they were known
select c.customer, e.name, e.occurred_day as day,
       greatest(e.occurred_day, coalesce(e.received_day, e.occurred_day)) as known_day,
       count(*) as events
from local_events e
join customer_codes c on c.customer_id = e.customer_id
group by c.customer, e.name, e.occurred_day, greatest(e.occurred_day, coalesce(e.received_day, e.occurred_day))

-- the days on which each customer bought; one currency, so each day stands once
select d.customer, d.day, d.orders as visits
from customer_days d
cross join cutoff k
where d.orders > 0 and d.day < k.day

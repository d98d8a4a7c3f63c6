-- the days on which each customer used the product
select d.customer, d.day, d.events as visits
from customer_days d
cross join cutoff k
where d.events > 0 and d.day < k.day

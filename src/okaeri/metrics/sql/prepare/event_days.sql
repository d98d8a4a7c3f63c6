-- how many events each customer had on each local day before the cutoff, from the days kept of each customer
select d.customer, d.day, d.events
from customer_days d
cross join cutoff k
where d.events > 0 and d.day < k.day

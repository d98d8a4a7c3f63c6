-- the days on which each customer bought
select d.customer, d.day, sum(d.orders) as visits
from customer_days d
cross join cutoff k
where d.orders > 0 and d.day < k.day
group by d.customer, d.day

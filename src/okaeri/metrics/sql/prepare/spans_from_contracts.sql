-- first and last day of each customer's contracts, as far as the data goes
select s.customer, min(s.start_day) as first_day, least(max(s.end_day), max(k.day) - 1) as last_day, count(*) as orders
from stays s
cross join cutoff k
group by s.customer

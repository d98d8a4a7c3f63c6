-- first and last visit of each customer
select customer, min(day) as first_day, max(day) as last_day, cast(sum(visits) as integer) as orders
from activity
group by customer

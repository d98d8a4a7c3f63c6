-- the stays of one customer, oldest first
select s.start_day, s.end_day
from stays s
join customer_codes c on c.customer = s.customer
join whose w on w.customer_id = c.customer_id
order by s.start_day

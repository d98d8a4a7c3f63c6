-- the period of each customer's last presence so far; -1 lies before the range
select s.customer, d.period as last_period
from customer_spans s
join days d on d.day = s.last_day

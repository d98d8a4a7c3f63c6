-- the period of each customer's first presence; -1 lies before the range
select s.customer, d.period as first_period
from customer_spans s
join days d on d.day = s.first_day

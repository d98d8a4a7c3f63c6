-- who was a customer on each day asked about
select s.customer, d.day, d.second
from asked_days d
join stays s on s.start_day < d.day and d.day <= s.end_day
order by d.day, s.customer

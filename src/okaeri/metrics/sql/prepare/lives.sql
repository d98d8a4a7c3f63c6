-- per customer the segment and the periods of the first and the latest presence; -1 lies before the range
select s.customer, g.segment, f.period as first_period, l.period as last_period
from customer_spans s
join segments g on g.customer = s.customer
join days f on f.day = s.first_day
join days l on l.day = s.last_day

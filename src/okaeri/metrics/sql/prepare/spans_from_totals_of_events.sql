-- first and last visit of each customer, from the totals that are kept
select customer, first_event_day as first_day, last_event_day as last_day, events as orders
from customer_totals
where first_event_day is not null

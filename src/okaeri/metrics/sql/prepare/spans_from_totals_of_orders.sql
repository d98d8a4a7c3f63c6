-- first and last visit of each customer, from the totals that are kept
select customer, first_order_day as first_day, last_order_day as last_day, orders as orders
from customer_totals
where first_order_day is not null

-- the currencies purchases were made in, how often, and since when
select currency, count(*) as purchase_days, min(day) as first_day
from customer_days
where orders > 0
group by currency
order by currency

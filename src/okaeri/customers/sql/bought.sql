-- what one customer bought before the cutoff, by currency
select d.currency,
       cast(sum(d.orders) as integer) as orders,
       sum(d.revenue) as revenue,
       min(d.day) as first_day,
       max(case when d.orders > 0 then d.day end) as last_day
from customer_days d
join customer_codes c on c.customer = d.customer
join whose w on w.customer_id = c.customer_id
where d.day < w.until_day
group by d.currency
order by d.currency

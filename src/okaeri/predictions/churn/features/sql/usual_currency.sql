-- the currency most orders and contracts before the cutoff are in
with named as (
    select d.currency
    from customer_days d
    cross join cutoff k
    where d.orders > 0 and d.day < k.day
    union all
    select s.currency
    from local_subscriptions s
    cross join cutoff k
    where s.started_day < k.day
)
select currency
from named
where currency <> ''
group by currency
order by count(*) desc, currency
limit 1

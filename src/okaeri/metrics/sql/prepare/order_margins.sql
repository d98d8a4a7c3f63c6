-- what each order left after its costs: its own margin, or the workspace's share of its amount; a return takes it back
select c.customer, o.ordered_day as day,
       case when coalesce(o.currency, '') = '' then u.currency else o.currency end as currency,
       coalesce(o.margin, o.amount * r.gross_margin) as margin
from local_orders o
join customer_codes c on c.customer_id = o.customer_id
cross join usual_currency u
cross join rules r
cross join cutoff k
where o.ordered_day < k.day

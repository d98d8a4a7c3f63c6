-- the local days on which each customer was known to be there: bought, or used the product, as the presence rule goes
select d.customer, d.day
from customer_days d
cross join visit_rule r
where r.counts_orders and d.orders > 0
union
select e.customer, e.known_day
from known_events e
cross join visit_rule r
where r.counts_events

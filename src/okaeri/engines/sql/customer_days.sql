-- one row per customer, local day and currency, sorted by customer
select c.customer, f.day, f.currency,
       cast(sum(f.orders) as integer) as orders,
       sum(f.revenue) as revenue,
       sum(f.amount_squares) as amount_squares,
       sum(f.returned) as returned,
       cast(sum(f.events) as integer) as events
from (
    select o.customer_id, o.day,
           case when coalesce(o.currency, '') = '' then r.currency else o.currency end as currency,
           case when o.kind = 'purchase' then 1 else 0 end as orders,
           case when o.kind = 'purchase' or r.returns_lower_revenue then o.amount else 0.0 end as revenue,
           case when o.kind = 'purchase' then o.amount * o.amount else 0.0 end as amount_squares,
           case when o.kind = 'purchase' then 0.0 else -o.amount end as returned,
           0 as events
    from order_days o
    cross join derived_rule r
    union all
    select e.customer_id, e.day, '' as currency, 0, 0.0, 0.0, 0.0, 1
    from event_days e
) as f
join customer_codes c on c.customer_id = f.customer_id
group by c.customer, f.day, f.currency

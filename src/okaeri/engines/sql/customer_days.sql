-- one row per customer, local day and currency of orders, and one per customer and day of use; sorted by customer
-- (currencies are numbered first: grouping tens of millions of rows by a text costs half as much again)
with ordered as (
    select o.customer_id, o.day, o.kind, o.amount, r.returns_lower_revenue,
           case when coalesce(o.currency, '') = '' then r.currency else o.currency end as currency
    from order_days o
    cross join derived_rule r
),
numbered as (
    select currency, cast(row_number() over (order by currency) as smallint) as number
    from (select distinct currency from ordered) as every_currency
),
bought as (
    select c.customer, o.day, n.number,
           cast(sum(case when o.kind = 'purchase' then 1 else 0 end) as integer) as orders,
           sum(case when o.kind = 'purchase' or o.returns_lower_revenue then o.amount else 0.0 end) as revenue
    from ordered o
    join numbered n on n.currency = o.currency
    join customer_codes c on c.customer_id = o.customer_id
    group by c.customer, o.day, n.number
),
used as (
    select c.customer, e.day, cast(count(*) as integer) as events
    from event_days e
    join customer_codes c on c.customer_id = e.customer_id
    group by c.customer, e.day
)
select b.customer, b.day, n.currency, b.orders, b.revenue, 0 as events
from bought b
join numbered n on n.number = b.number
union all
select customer, day, '' as currency, 0 as orders, 0.0 as revenue, events
from used

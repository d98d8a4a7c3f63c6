-- the topics most customers wrote about
with known as (
    select lower(trim(t.topic)) as name, count(distinct t.customer_id) as customers
    from local_tickets t
    cross join cutoff k
    where t.opened_day < k.day and trim(coalesce(t.topic, '')) <> ''
    group by lower(trim(t.topic))
),
placed as (
    select name, row_number() over (order by customers desc, name) as place
    from known
)
select p.name, p.place as slot
from placed p
cross join feature_rule r
where p.place <= r.slots

-- the steps most customers finish
with known as (
    select s.step as name, count(distinct s.customer_id) as customers
    from local_steps s
    cross join cutoff k
    where s.done_day < k.day
    group by s.step
),
placed as (
    select name, row_number() over (order by customers desc, name) as place
    from known
)
select p.name, p.place as slot
from placed p
cross join feature_rule r
where p.place <= r.slots

-- one row per person who ever was a customer before a day: since when first, since when now, and when last seen
with held as (
    select s.customer,
           min(s.start_day) as first_day,
           max(s.start_day) as start_day,
           max(s.end_day) as end_day,
           count(*) as stays
    from stays s
    cross join profile_rule r
    where s.start_day < r.day
    group by s.customer
),
seen as (
    select d.customer,
           max(case when d.orders > 0 then d.day end) as last_order_day,
           max(case when d.events > 0 then d.day end) as last_use_day
    from customer_days d
    cross join profile_rule r
    where d.day < r.day
    group by d.customer
)
select h.customer, h.first_day, h.start_day, h.end_day, h.stays, s.last_order_day, s.last_use_day
from held h
left join seen s on s.customer = h.customer
order by h.customer

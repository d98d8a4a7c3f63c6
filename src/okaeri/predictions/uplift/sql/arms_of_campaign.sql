-- whom a campaign was planned for, on which day first, and whether that first message was held back on purpose;
-- whoever has no other fact is numbered below 0, for leaving out those who never bought would flatter an arm
with planned as (
    select t.customer_id, t.planned_day, t.held_out,
           row_number() over (partition by t.customer_id order by t.planned_at, t.touch_id) as turn
    from local_touches t
    join trial_rule r on r.name = t.campaign
),
numbered as (
    select p.customer_id, p.planned_day, p.held_out, c.customer,
           row_number() over (partition by case when c.customer is null then 1 else 0 end order by p.customer_id) as place
    from planned p
    left join customer_codes c on c.customer_id = p.customer_id
    where p.turn = 1
)
select coalesce(customer, -place) as customer, planned_day as day,
       case when held_out then 'held_out' else 'treated' end as arm
from numbered
order by customer

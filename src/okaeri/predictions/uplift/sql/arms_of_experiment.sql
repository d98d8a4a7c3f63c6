-- who was assigned to which arm of one experiment, and on which day; whoever has no other fact is numbered below 0,
-- for leaving out those who never bought would flatter the arm in which more did
with assigned as (
    select a.customer_id, a.assigned_day as day, a.arm
    from local_assignments a
    join trial_rule r on r.name = a.experiment
),
numbered as (
    select a.customer_id, a.day, a.arm, c.customer,
           row_number() over (partition by case when c.customer is null then 1 else 0 end order by a.customer_id) as place
    from assigned a
    left join customer_codes c on c.customer_id = a.customer_id
)
select coalesce(customer, -place) as customer, day, arm
from numbered
order by customer

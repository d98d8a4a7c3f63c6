-- one row per segment and period: members at its end, those of them who are customers then, and the customers;
-- everybody counts all customers, for memberships split by a column of their own
with members as (
    select m.segment, p.period, count(*) as members
    from member_presence m
    join periods p on p.chunk = m.chunk
    where (m.present & p.at_end) <> 0
    group by m.segment, p.period
),
both_ways as (
    select m.segment, p.period, count(*) as member_customers
    from member_presence m
    join presence c on c.customer = m.customer and c.chunk = m.chunk
    join periods p on p.chunk = m.chunk
    where (m.present & c.present & p.at_end) <> 0
    group by m.segment, p.period
),
present as (
    select l.segment, p.period, count(*) as customers
    from presence c
    join lives l on l.customer = c.customer
    join periods p on p.chunk = c.chunk
    where (c.present & p.at_end) <> 0
    group by l.segment, p.period
),
everybody as (
    select period, sum(customers) as everybody
    from present
    group by period
),
cells as (
    select segment, period from members
    union
    select segment, period from present
)
select c.segment, c.period,
       coalesce(m.members, 0) as members,
       coalesce(b.member_customers, 0) as member_customers,
       cast(coalesce(p.customers, 0) as bigint) as customers,
       cast(coalesce(e.everybody, 0) as bigint) as everybody
from cells c
left join members m on m.segment = c.segment and m.period = c.period
left join both_ways b on b.segment = c.segment and b.period = c.period
left join present p on p.segment = c.segment and p.period = c.period
left join everybody e on e.period = c.period

-- running contracts of one customer joined into stays; a gap of at most the grace days is no gap
-- (equal contracts are one: two windows could order them differently)
with spells as (
    select distinct customer, start_day, end_day
    from contracts
    where end_day > start_day
),
ordered as (
    select customer, start_day, end_day,
           max(end_day) over (
               partition by customer order by start_day, end_day
               rows between unbounded preceding and 1 preceding
           ) as reached
    from spells
),
marked as (
    select o.customer, o.start_day, o.end_day,
           case when o.reached is null or o.start_day > cast(o.reached as bigint) + r.grace_days then 1 else 0 end as begins
    from ordered o
    cross join rule r
),
numbered as (
    select customer, start_day, end_day,
           sum(begins) over (
               partition by customer order by start_day, end_day
               rows between unbounded preceding and current row
           ) as stay
    from marked
)
select customer, min(start_day) as start_day, max(end_day) as end_day
from numbered
group by customer, stay

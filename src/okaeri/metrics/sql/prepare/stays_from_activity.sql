-- visits less than W days apart joined into stays; a stay ends W days after its last visit
with gaps as (
    select customer, day, lag(day) over (partition by customer order by day) as before_day
    from activity
),
numbered as (
    select g.customer, g.day,
           sum(case when g.before_day is null or g.day > g.before_day + r.window_days then 1 else 0 end) over (
               partition by g.customer order by g.day rows between unbounded preceding and current row
           ) as stay
    from gaps g
    cross join rule r
)
select n.customer, min(n.day) as start_day, max(n.day) + max(r.window_days) as end_day
from numbered n
cross join rule r
group by n.customer, n.stay

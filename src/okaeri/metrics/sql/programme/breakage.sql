-- what became of the points of each month of credit, month by month, and beside it what is owed at every period's end
with moved as (
    select l.customer, l.segment, coalesce(d.period, -1) as period, sum(l.points) as change
    from ledger l
    left join days d on d.day = l.day
    where coalesce(d.period, -1) < (select count(*) from periods)
    group by l.customer, l.segment, coalesce(d.period, -1)
),
running as (
    select segment, period, change,
           sum(change) over (
               partition by customer order by period rows between unbounded preceding and current row
           ) as balance
    from moved
),
added as (
    select segment, period, sum(greatest(balance, 0.0) - greatest(balance - change, 0.0)) as owed
    from running
    group by segment, period
)
select segment, null as period, credited_month, month, kind, points, '' as currency
from point_fates
union all
select a.segment, p.period, null as credited_month, null as month, 'owed' as kind, sum(a.owed) as points,
       max(u.currency) as currency
from added a
join periods p on p.period >= a.period
cross join usual_currency u
group by a.segment, p.period

-- per segment and period: tickets opened and resolved in it, and those open at its start and its end
with moves as (
    select segment, opened_day as day, 1 as opened, 0 as resolved
    from ticket_rows
    union all
    select segment, resolved_day as day, 0 as opened, 1 as resolved
    from ticket_rows
    where resolved_day is not null
),
moved as (
    -- period -1 lies before the first; what lies after the last has no period to join
    select m.segment, coalesce(d.period, -1) as period, sum(m.opened) as opened, sum(m.resolved) as resolved
    from moves m
    left join days d on d.day = m.day
    group by m.segment, coalesce(d.period, -1)
)
select m.segment, p.period,
       cast(sum(case when m.period = p.period then m.opened else 0 end) as bigint) as opened,
       cast(sum(case when m.period = p.period then m.resolved else 0 end) as bigint) as resolved,
       cast(sum(case when m.period < p.period then m.opened - m.resolved else 0 end) as bigint) as open_before,
       cast(sum(m.opened - m.resolved) as bigint) as open_tickets
from moved m
join periods p on p.period >= m.period
group by m.segment, p.period

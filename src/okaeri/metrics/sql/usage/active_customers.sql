-- per segment and period: customers with an event, and their events
with used as (
    select r.segment, d.period, r.customer, sum(r.events) as events
    from event_rows r
    join days d on d.day = r.day
    where d.bit <> 0
    group by r.segment, d.period, r.customer
)
select segment, period, count(*) as active, cast(sum(events) as bigint) as events
from used
group by segment, period

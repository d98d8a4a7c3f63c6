-- tickets by whole minutes until they were resolved, or watched so far while open (ended = 0)
with waits as (
    select t.segment, d.period,
           cast(floor(coalesce(t.resolution_seconds, t.watched_seconds) / 60) as bigint) as minutes,
           case when t.resolution_seconds is not null then 1 else 0 end as ended
    from ticket_rows t
    join days d on d.day = t.opened_day
    where d.bit <> 0
)
select segment, period, minutes, ended, count(*) as tickets
from waits
group by segment, period, minutes, ended

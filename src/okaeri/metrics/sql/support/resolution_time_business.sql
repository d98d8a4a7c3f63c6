-- tickets by whole business minutes until they were resolved, or watched so far (ended = 0)
with spans as (
    select t.segment, d.period, t.opened_day, t.opened_minute,
           coalesce(t.resolved_day, k.day) as end_day,
           coalesce(t.resolved_minute, 0) as end_minute,
           case when t.resolved_day is not null then 1 else 0 end as ended
    from ticket_rows t
    join days d on d.day = t.opened_day
    cross join cutoff k
    where d.bit <> 0
),
clocked as (
    -- business minutes since one same day, at the start and at the end of each wait: one row of the table each
    select s.segment, s.period, s.ended,
           a.before + greatest(least(s.opened_minute, a.closes) - a.opens, 0)
               + greatest(least(s.opened_minute, a.closes_again) - a.reopens, 0) as opened,
           b.before + greatest(least(s.end_minute, b.closes) - b.opens, 0)
               + greatest(least(s.end_minute, b.closes_again) - b.reopens, 0) as ended_at
    from spans s
    join business_days a on a.day = s.opened_day
    join business_days b on b.day = s.end_day
),
waits as (
    -- an hour that the clocks repeat can show a reply before its question
    select segment, period, cast(floor(greatest(ended_at - opened, 0)) as bigint) as minutes, ended
    from clocked
)
select segment, period, minutes, ended, count(*) as tickets
from waits
group by segment, period, minutes, ended

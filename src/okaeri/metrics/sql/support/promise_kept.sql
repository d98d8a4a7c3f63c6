-- per segment and period of opening: promises kept and broken, and tickets of which it cannot be said (yet)
with judged as (
    select t.segment, d.period,
           case when t.watched_seconds <= r.reply_promise_hours * 3600 then 'not_due'
                when t.reply_seconds <= r.reply_promise_hours * 3600 then 'kept'
                when t.reply_seconds is null and t.resolution_seconds <= r.reply_promise_hours * 3600 then 'unanswered'
                else 'broken' end as outcome
    from ticket_rows t
    join days d on d.day = t.opened_day
    cross join rules r
    where d.bit <> 0
)
select segment, period,
       cast(sum(case when outcome = 'kept' then 1 else 0 end) as bigint) as kept,
       cast(sum(case when outcome = 'broken' then 1 else 0 end) as bigint) as broken,
       cast(sum(case when outcome = 'not_due' then 1 else 0 end) as bigint) as not_due,
       cast(sum(case when outcome = 'unanswered' then 1 else 0 end) as bigint) as closed_unanswered
from judged
group by segment, period

-- per agent and period of opening: tickets by what became of them and by whole minutes until the first reply
with judged as (
    select t.agent as segment, d.period,
           cast(floor(coalesce(t.reply_seconds, t.resolution_seconds, t.watched_seconds) / 60) as bigint) as minutes,
           case when t.reply_seconds is not null then 1 else 0 end as ended,
           case when t.watched_seconds <= r.reply_promise_hours * 3600 then 'not_due'
                when t.reply_seconds <= r.reply_promise_hours * 3600 then 'kept'
                when t.reply_seconds is null and t.resolution_seconds <= r.reply_promise_hours * 3600 then 'unanswered'
                else 'broken' end as outcome,
           case when t.resolved_day is not null or t.reopened > 0 then 1 else 0 end as is_settled,
           case when t.reopened > 0 then 1 else 0 end as is_reopened
    from ticket_rows t
    join days d on d.day = t.opened_day
    cross join rules r
    where d.bit <> 0 and t.agent <> ''
)
select segment, period, minutes, ended,
       count(*) as tickets,
       cast(sum(case when outcome = 'kept' then 1 else 0 end) as bigint) as kept,
       cast(sum(case when outcome = 'broken' then 1 else 0 end) as bigint) as broken,
       cast(sum(is_settled) as bigint) as settled,
       cast(sum(is_reopened) as bigint) as reopened
from judged
group by segment, period, minutes, ended

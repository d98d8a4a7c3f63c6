-- per segment and period of opening: tickets that were resolved once at least, and those of them that came back
select t.segment, d.period,
       cast(sum(case when t.resolved_day is not null or t.reopened > 0 then 1 else 0 end) as bigint) as settled,
       cast(sum(case when t.reopened > 0 then 1 else 0 end) as bigint) as reopened,
       count(*) as tickets
from ticket_rows t
join days d on d.day = t.opened_day
where d.bit <> 0
group by t.segment, d.period

-- per segment and period: tickets with a topic, and those whose customer asked about the same not long before
with asked as (
    -- the ticket before it on the topic is enough: earlier ones are further away and would count it again
    select segment, opened_day, topic,
           opened_day - lag(opened_day) over (
               partition by customer, topic order by watched_seconds desc, ticket_id
           ) as days_since
    from ticket_rows
)
select a.segment, d.period,
       cast(sum(case when a.topic <> '' then 1 else 0 end) as bigint) as tickets,
       cast(sum(case when a.topic <> '' and a.days_since <= r.repeat_issue_days then 1 else 0 end) as bigint)
           as repeat_tickets,
       cast(sum(case when a.topic <> '' then 0 else 1 end) as bigint) as without_topic
from asked a
join days d on d.day = a.opened_day
cross join rules r
where d.bit <> 0
group by a.segment, d.period

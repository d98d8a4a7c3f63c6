-- every question put to a customer: about what, on which scale, and whether it was answered before the cutoff;
-- agent, channel and topic are those of the ticket it is about
with ticket as (
    -- tables nobody has checked may name a ticket twice: its latest row speaks, and no answer is counted twice
    select ticket_id, agent, channel, topic,
           row_number() over (partition by ticket_id order by opened_day desc, opened_minute desc) as place
    from local_tickets
),
read as (
    select customer_id, survey, question, about, score, text,
           lower(trim(instrument)) as instrument,
           coalesce(scale, case lower(trim(instrument))
                               when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 when 'cli' then 6 end) as scale,
           asked_day, asked_minute, answered_day, answered_minute,
           coalesce(answered_day, asked_day) as day,
           coalesce(answered_minute, asked_minute) as minute
    from local_answers
)
select c.customer, a.survey, a.question, a.instrument, a.about, t.agent, t.channel, t.topic,
       a.score, a.scale, a.asked_day, a.asked_minute, a.day, a.minute,
       case when a.day < cutoff.day and (a.score is not null or trim(coalesce(a.text, '')) <> '')
            then 1 else 0 end as answered,
       -- only a score on the scale its instrument is read on can count
       case when a.score <= a.scale and a.score >= case when a.scale = 10 then 0 else 1 end
             and ((a.instrument = 'nps' and a.scale = 10) or (a.instrument = 'csat' and a.scale in (5, 7, 10))
                  or (a.instrument = 'ces' and a.scale = 7) or (a.instrument = 'cli' and a.scale = 6)
                  or a.instrument not in ('nps', 'csat', 'ces', 'cli'))
            then 1 else 0 end as fits
from read a
join customer_codes c on c.customer_id = a.customer_id
cross join cutoff
left join ticket t on t.ticket_id = a.about and t.place = 1

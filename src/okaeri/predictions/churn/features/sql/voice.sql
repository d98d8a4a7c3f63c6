-- what they answered and what they left unanswered; an answer is known from the day after it was given, not from the
-- day of the question
with questions as (
    select c.customer, a.answer_id, lower(trim(a.instrument)) as instrument, a.score,
           coalesce(a.scale, case lower(trim(a.instrument))
                                 when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 when 'cli' then 6 end) as scale,
           coalesce(a.asked_day, a.answered_day) as asked_day,
           -- an answer without an instant of its own is dated by its question, as in the figures about answers
           coalesce(a.answered_day, a.asked_day) as answered_day,
           coalesce(a.answered_minute, a.asked_minute) as minute,
           case when a.score is not null or trim(coalesce(a.text, '')) <> '' then 1 else 0 end as given
    from local_answers a
    join customer_codes c on c.customer_id = a.customer_id
),
rated as (
    -- 0 is the worst answer of a scale and 1 the best; loyalty questions run the other way round
    select *, case when scale = 10 then 0 else 1 end as low,
           case when instrument = 'cli' then (scale - score) / (scale - 1)
                else (score - case when scale = 10 then 0 else 1 end)
                     / (scale - case when scale = 10 then 0 else 1 end) end as good
    from questions
    where scale > 1
),
heard as (
    select a.place, a.day, q.instrument, q.answered_day, q.good, (q.answered_day, q.minute, q.answer_id) as moment
    from asked a
    join rated q on q.customer = a.customer and q.answered_day < a.day and q.score >= q.low and q.score <= q.scale
),
scored as (
    select h.place,
           arg_max(h.good, h.moment) filter (where h.instrument = 'nps') * 10 as nps_last,
           h.day - max(case when h.instrument = 'nps' then h.answered_day end) as nps_days,
           avg(case when h.instrument = 'nps' and h.answered_day >= h.day - 365 then h.good end) * 10 as nps_mean_365d,
           sum(case when h.instrument = 'nps' then h.good end) * 10 as nps_sum,
           sum(case when h.instrument = 'nps' then 1 else 0 end) as nps_answers,
           arg_max(h.good, h.moment) filter (where h.instrument = 'csat') as csat_last,
           h.day - max(case when h.instrument = 'csat' then h.answered_day end) as csat_days,
           avg(case when h.instrument = 'csat' and h.answered_day >= h.day - 365 then h.good end) as csat_mean_365d,
           arg_max(h.good, h.moment) filter (where h.instrument = 'ces') as ces_last,
           arg_max(h.good, h.moment) filter (where h.instrument = 'cli') as cli_last
    from heard h
    group by h.place, h.day
),
asking as (
    select a.place, count(*) as asked_365d,
           sum(case when q.given = 1 and q.answered_day < a.day then 1 else 0 end) as answered_365d
    from asked a
    join questions q on q.customer = a.customer and q.asked_day < a.day and q.asked_day >= a.day - 365
    group by a.place
)
select a.place, s.nps_last, s.nps_days, s.nps_mean_365d,
       case when s.nps_answers > 1
            then s.nps_last - (s.nps_sum - s.nps_last) / (s.nps_answers - 1) end as nps_change,
       s.csat_last, s.csat_days, s.csat_mean_365d, s.ces_last, s.cli_last,
       k.answered_365d * 1.0 / k.asked_365d as answered_share_365d
from asked a
left join scored s on s.place = a.place
left join asking k on k.place = a.place

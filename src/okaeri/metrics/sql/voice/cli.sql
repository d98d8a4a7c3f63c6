-- one row per period and segment: the sums over people and occasions of the mean of three questions, 1 → 100 … 6 → 0
with latest as (
    -- a question answered again on one occasion counts with the last answer before the cutoff
    select segment, customer, survey, about, question, score, day,
           coalesce(asked_day, day) as asked_day, coalesce(asked_minute, -1) as asked_minute,
           row_number() over (
               partition by segment, customer, survey, about, question,
                            coalesce(asked_day, day), coalesce(asked_minute, -1)
               order by day desc, minute desc, score) as place
    from answer_rows
    where instrument = 'cli' and fits = 1 and answered = 1
),
occasions as (
    select segment, customer, survey, about, asked_day, asked_minute, max(day) as day,
           count(*) as questions, avg(120 - 20 * score) as mean
    from latest
    where place = 1
    group by segment, customer, survey, about, asked_day, asked_minute
)
select o.segment, d.period,
       cast(sum(case when o.questions = 3 then 1 else 0 end) as bigint) as answers,
       sum(case when o.questions = 3 then o.mean else 0.0 end) as total,
       sum(case when o.questions = 3 then o.mean * o.mean else 0.0 end) as squares,
       cast(sum(case when o.questions <> 3 then 1 else 0 end) as bigint) as incomplete
from occasions o
join days d on d.day = o.day
where d.bit <> 0
group by o.segment, d.period

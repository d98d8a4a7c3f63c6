-- one row per period and segment: surveys put to a customer, and those of which a question was answered;
-- an answer without the instant of asking says nothing of those who stayed silent
with occasions as (
    select segment, customer, survey, about, asked_day, asked_minute, day, minute, answered
    from answer_rows
),
asked as (
    select segment, asked_day as day, max(answered) as answered
    from occasions
    where asked_day is not null
    group by segment, customer, survey, about, asked_day, asked_minute
),
known as (
    select a.segment, d.period, count(*) as asked, sum(a.answered) as answered, 0 as unasked
    from asked a
    join days d on d.day = a.day
    where d.bit <> 0
    group by a.segment, d.period
    union all
    select o.segment, d.period, 0 as asked, 0 as answered, count(*) as unasked
    from occasions o
    join days d on d.day = o.day
    where o.asked_day is null and d.bit <> 0
    group by o.segment, d.period
)
select segment, period, cast(sum(asked) as bigint) as asked, cast(sum(answered) as bigint) as answered,
       cast(sum(unasked) as bigint) as unasked
from known
group by segment, period

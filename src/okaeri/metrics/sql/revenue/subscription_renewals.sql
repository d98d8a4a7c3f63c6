-- one row per period and segment: contracts that were due in it, and what has become of them so far
with due as (
    -- a contract whose end lies past the data runs: its next renewal day is the day it is due
    select c.customer, c.subscription_id, c.start_day, c.end_day,
           case when c.end_day < k.day then c.end_day
                else coalesce(c.renews_day, nullif(c.end_day, 2147483647)) end as due_day
    from contracts c
    cross join cutoff k
    where c.end_day > c.start_day
),
asked as (
    select d.customer, d.subscription_id, d.start_day, d.end_day, d.due_day, p.period, k.day as cutoff_day, r.grace_days
    from due d
    join periods p on d.due_day >= p.start_day and d.due_day < p.end_day
    cross join cutoff k
    cross join rule r
),
followed as (
    -- what begins on the due day or within the days of grace takes the place of the contract that ended; what ran
    -- beside it all along does not
    select a.customer, a.subscription_id, a.due_day, count(*) as successors
    from asked a
    join contracts c
        on c.customer = a.customer and c.subscription_id <> a.subscription_id
        and c.start_day >= a.due_day and c.start_day <= a.due_day + a.grace_days and c.end_day > c.start_day
    where a.end_day < a.cutoff_day
    group by a.customer, a.subscription_id, a.due_day
),
told as (
    select a.customer, a.period,
           case when a.due_day >= a.cutoff_day then 'undecided'
                when a.end_day >= a.cutoff_day or f.successors is not null then 'renewed'
                when a.due_day + a.grace_days >= a.cutoff_day then 'in_grace'
                else 'ended' end as outcome
    from asked a
    left join followed f
        on f.customer = a.customer and f.subscription_id = a.subscription_id and f.due_day = a.due_day
),
outcomes as (
    select customer, period, outcome
    from told
    union all
    -- whoever ran through the period and shows no due day in it may have renewed by moving that day forward
    select d.customer, p.period, 'unseen'
    from due d
    cross join cutoff k
    join periods p
        on d.start_day < p.start_day and d.end_day >= least(p.end_day, k.day)
        and (d.due_day is null or d.due_day < p.start_day or d.due_day >= p.end_day)
)
select s.segment, t.period,
       sum(case when t.outcome <> 'unseen' then 1 else 0 end) as contracts_due,
       sum(case when t.outcome = 'renewed' then 1 else 0 end) as renewed,
       sum(case when t.outcome = 'ended' then 1 else 0 end) as ended,
       sum(case when t.outcome = 'in_grace' then 1 else 0 end) as in_grace,
       sum(case when t.outcome = 'undecided' then 1 else 0 end) as undecided,
       sum(case when t.outcome = 'unseen' then 1 else 0 end) as ran_through
from outcomes t
join segments s on s.customer = t.customer
group by s.segment, t.period

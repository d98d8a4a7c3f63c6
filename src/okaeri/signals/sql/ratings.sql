-- answers and ratings by customer and local day, with the highest score that is low and the highest that is neutral:
-- low is below the middle of the scale (0 to 6 for the NPS), neutral is from there to what counts as satisfied;
-- stars are read as 1 to 5
with given as (
    select c.customer, a.answered_day as day, lower(trim(a.instrument)) as instrument, a.score,
           coalesce(a.scale, case lower(trim(a.instrument)) when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 end)
               as highest
    from local_answers a
    join customer_codes c on c.customer_id = a.customer_id
    where a.answered_day is not null and a.score is not null
    union all
    select c.customer, m.posted_day, 'review', m.rating, 5
    from local_mentions m
    join customer_codes c on c.customer_id = m.customer_id
    where m.rating is not null
),
cuts as (
    select 'nps' as instrument, 10 as highest, 0 as lowest, 6 as low_until, 8 as neutral_until
    union all select 'csat', 5, 1, least(2, csat_cut_5 - 1), csat_cut_5 - 1 from signal_rules
    union all select 'csat', 7, 1, least(3, csat_cut_7 - 1), csat_cut_7 - 1 from signal_rules
    union all select 'csat', 10, 0, least(4, csat_cut_10 - 1), csat_cut_10 - 1 from signal_rules
    union all select 'ces', 7, 1, 3, null
    union all select 'review', 5, 1, 2, null
)
select g.customer, g.day, g.instrument, g.score, cast(g.highest as integer) as highest,
       (g.score - k.lowest) / (k.highest - k.lowest) as share, k.low_until, k.neutral_until
from given g
join cuts k on k.instrument = g.instrument and k.highest = g.highest
where g.score between k.lowest and k.highest

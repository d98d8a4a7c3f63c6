-- what was foretold of one customer, the last word of each day; what was said at the time goes before a replay
with spoken as (
    select s.as_of, cast(s.horizon_days as integer) as horizon_days, s.leaving, s.replayed,
           row_number() over (partition by s.as_of order by s.replayed, s.made_at desc, s.score_id desc) as place
    from scores s
    join whose w on w.customer_id = s.customer_id
    join horizon_rule h on h.horizon_days = s.horizon_days
    where s.leaving is not null
)
select as_of, horizon_days, leaving, replayed
from spoken
where place = 1
order by as_of

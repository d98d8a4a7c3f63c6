-- what was foretold of one customer, the last word of each day; what was said at the time goes before a replay
with spoken as (
    select s.as_of, s.leaving, s.value, s.value_low, s.value_high, s.currency, s.reasons, s.step, s.replayed,
           row_number() over (partition by s.as_of order by s.replayed, s.made_at desc, s.score_id desc) as place
    from scores s
    join whose w on w.customer_id = s.customer_id
    join foretold_horizon h on h.horizon_days = s.horizon_days
    where s.leaving is not null
)
select as_of, leaving, value, value_low, value_high, currency, reasons, step, replayed
from spoken
where place = 1
order by as_of

-- what was foretold of each customer on each day, the last word of a day; `said` tells whether it was said at the time
with spoken as (
    select c.customer, date_diff('day', date '1970-01-01', s.as_of) as day, s.horizon_days, s.leaving,
           coalesce(s.presence, '') as presence, not s.replayed as said,
           row_number() over (
               partition by s.customer_id, s.as_of, s.horizon_days order by s.replayed, s.made_at desc, s.score_id desc
           ) as place
    from scores s
    join customer_codes c on c.customer_id = s.customer_id
    where s.leaving is not null
)
select customer, day, horizon_days, leaving, presence, said
from spoken
where place = 1
order by day, customer

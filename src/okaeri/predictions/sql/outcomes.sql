-- for each customer asked about on a day: whether they were present, whether they are at the horizon's end,
-- and the last day of the stay that held them
select a.place,
       max(case when s.start_day < a.day and a.day <= s.end_day then 1 else 0 end) as present,
       max(case when s.start_day < a.day + h.horizon_days and a.day + h.horizon_days <= s.end_day then 1 else 0 end)
           as present_later,
       max(case when s.start_day < a.day and a.day <= s.end_day then s.end_day end) as end_day
from asked a
cross join horizon_rule h
left join stays s on s.customer = a.customer
group by a.place
order by a.place

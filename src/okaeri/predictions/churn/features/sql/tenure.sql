-- how long they have been a customer; a stay begins with a fact and later facts never move its beginning
select a.place,
       a.day - min(s.start_day) as tenure_days,
       a.day - max(s.start_day) as stay_days,
       count(s.start_day) - 1 as comebacks
from asked a
left join stays s on s.customer = a.customer and s.start_day < a.day
group by a.place, a.day

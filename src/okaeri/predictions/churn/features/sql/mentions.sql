-- reviews and posts they signed
with written as (
    select c.customer, m.posted_day as day, m.rating, (m.posted_day, m.posted_minute, m.mention_id) as moment
    from local_mentions m
    join customer_codes c on c.customer_id = m.customer_id
)
select a.place,
       sum(case when w.day >= a.day - 365 then 1 else 0 end) as mentions_365d,
       a.day - max(w.day) as days_since_mention,
       arg_max(w.rating, w.moment) as mention_rating
from asked a
left join written w on w.customer = a.customer and w.day < a.day
group by a.place, a.day

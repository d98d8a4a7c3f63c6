-- members on the day asked about; leaving on that day or later was not known yet. The tier is not read: it is today's,
-- and who is on a high one today stayed long enough to reach it
with joined as (
    select c.customer, m.joined_day, m.left_day
    from local_memberships m
    join customer_codes c on c.customer_id = m.customer_id
)
select a.place,
       coalesce(max(case when j.left_day < a.day then 0 when j.joined_day is not null then 1 end), 0) as member,
       a.day - min(j.joined_day) as days_since_joining
from asked a
left join joined j on j.customer = a.customer and j.joined_day < a.day
group by a.place, a.day

-- rewards as they stood on the day asked about: using one on that day or later was not known yet
with given as (
    select c.customer, w.issued_day, w.redeemed_day, w.expires_day
    from local_rewards w
    join customer_codes c on c.customer_id = w.customer_id
)
select a.place,
       sum(case when g.issued_day >= a.day - 365 then 1 else 0 end) as rewards_365d,
       sum(case when g.redeemed_day < a.day and g.redeemed_day >= a.day - 365 then 1 else 0 end) as rewards_used_365d,
       sum(case when g.issued_day is not null and (g.redeemed_day is null or g.redeemed_day >= a.day)
                 and (g.expires_day is null or g.expires_day >= a.day) then 1 else 0 end) as rewards_unused
from asked a
left join given g on g.customer = a.customer and g.issued_day < a.day
group by a.place

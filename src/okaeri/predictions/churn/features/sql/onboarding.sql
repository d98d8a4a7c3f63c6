-- steps finished before the day asked about
with finished as (
    select c.customer, s.flow, s.step, s.done_day as day, coalesce(k.slot, 0) as slot
    from local_steps s
    join customer_codes c on c.customer_id = s.customer_id
    left join onboarding_kinds k on k.name = s.step
)
select a.place,
       count(distinct (f.flow, f.step)) filter (where f.step is not null) as steps_done,
       a.day - max(f.day) as days_since_step,
       max(case when f.slot = 1 then 1 else 0 end) as kind_1,
       max(case when f.slot = 2 then 1 else 0 end) as kind_2,
       max(case when f.slot = 3 then 1 else 0 end) as kind_3,
       max(case when f.slot = 4 then 1 else 0 end) as kind_4,
       max(case when f.slot = 5 then 1 else 0 end) as kind_5,
       max(case when f.slot = 6 then 1 else 0 end) as kind_6,
       max(case when f.slot = 7 then 1 else 0 end) as kind_7,
       max(case when f.slot = 8 then 1 else 0 end) as kind_8
from asked a
left join finished f on f.customer = a.customer and f.day < a.day
group by a.place, a.day

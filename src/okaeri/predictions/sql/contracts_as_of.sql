-- every contract begun before a day: how old it is then, whether it had ended, and how long it ran within the horizon
select s.customer, s.mrr,
       (case when s.end_day < r.as_of then s.end_day else r.as_of end) - s.start_day as age_days,
       case when s.end_day < r.as_of then 1 else 0 end as ended,
       (case when s.end_day < r.as_of + r.horizon_days then s.end_day else r.as_of + r.horizon_days end) - r.as_of
           as later_days
from (
    select c.customer, l.mrr, l.started_day as start_day, coalesce(l.ended_day, 2147483647) as end_day
    from local_subscriptions l
    join customer_codes c on c.customer_id = l.customer_id
    cross join contract_rule k
    where l.currency = k.currency
) as s
cross join contract_rule r
where s.start_day < r.as_of
order by s.customer, s.start_day, s.mrr, s.end_day

-- what was known of each customer asked about on the morning of a day
select a.place,
       cast(max(a.day) - min(d.day) as double) as days_known,
       cast(max(a.day) - max(case when d.orders > 0 then d.day end) as double) as days_since_last_order,
       cast(max(a.day) - max(case when d.events > 0 then d.day end) as double) as days_since_last_use,
       cast(coalesce(sum(d.orders), 0) as double) as orders,
       cast(coalesce(sum(case when d.day >= a.day - 90 then d.orders end), 0) as double) as orders_in_90_days,
       cast(coalesce(sum(case when d.day >= a.day - 30 then d.events end), 0) as double) as uses_in_30_days,
       coalesce(sum(case when r.currency = '' or d.currency = r.currency then d.revenue end), 0.0) as revenue
from asked a
cross join trial_rule r
left join customer_days d on d.customer = a.customer and d.day < a.day
group by a.place
order by a.place

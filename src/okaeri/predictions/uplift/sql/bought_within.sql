-- what each customer asked about ordered and spent from a day on, within the horizon
select a.place,
       cast(coalesce(sum(d.orders), 0) as double) as orders,
       coalesce(sum(case when r.currency = '' or d.currency = r.currency then d.revenue else 0.0 end), 0.0) as revenue
from asked a
cross join trial_rule r
left join customer_days d on d.customer = a.customer and d.day >= a.day and d.day < a.day + r.horizon_days
group by a.place
order by a.place

-- one row per customer who bought before the day in summary_rule: their first purchase day, the distinct purchase
-- days after it, what these brought, and what followed within the horizon; nothing else of the future is read
with bought as (
    select d.customer, d.day, d.orders, d.revenue, r.as_of, r.recent_days,
           case when d.orders > 0 then d.day end as purchase_day
    from customer_days d
    cross join summary_rule r
    where d.currency = r.currency
      and d.events = 0
      and d.day < r.as_of + r.horizon_days
      and (r.one_in = 1 or (d.customer * 2654435761) % 4294967296 % r.one_in = 0)
),
gaps as (
    select *,
           purchase_day - max(purchase_day) over (
               partition by customer order by day rows between unbounded preceding and 1 preceding
           ) as gap_days,
           min(purchase_day) over (partition by customer) as first_day
    from bought
)
select customer,
       min(first_day) as first_day,
       cast(sum(case when day < as_of and purchase_day > first_day then 1 else 0 end) as integer) as frequency,
       cast(max(case when day < as_of then purchase_day end) - min(first_day) as integer) as last_purchase,
       cast(min(as_of) - 1 - min(first_day) as integer) as age,
       cast(sum(case when day < as_of and purchase_day >= as_of - recent_days then 1 else 0 end) as integer) as recent,
       sum(case when day < as_of and day = first_day then revenue else 0.0 end) as first_spend,
       sum(case when day < as_of and day > first_day then revenue else 0.0 end) as repeat_spend,
       sum(case when day < as_of and gap_days > 0 then ln(gap_days) else 0.0 end) as log_gaps,
       cast(sum(case when day >= as_of and orders > 0 then 1 else 0 end) as integer) as purchases,
       sum(case when day >= as_of then revenue else 0.0 end) as spend
from gaps
where first_day < as_of and day >= first_day
group by customer
order by customer

-- one row per segment, period and currency: revenue of those who bought, what the tenth who spent most brought of it,
-- and the sum by rank that the Gini coefficient needs
with ranked as (
    select g.segment, p.period, p.currency,
           case when p.revenue > 0 then p.revenue else 0.0 end as revenue,
           case when p.revenue < 0 then 1 else 0 end as negative,
           row_number() over (partition by g.segment, p.period, p.currency order by p.revenue desc, p.customer) as place,
           count(*) over (partition by g.segment, p.period, p.currency) as customers
    from spending p
    join segments g on g.customer = p.customer
    where p.orders > 0
)
select segment, period, currency, max(customers) as customers, sum(negative) as negative,
       sum(revenue) as revenue,
       -- where a tenth is no whole number of customers, the last one counts in part
       sum(revenue * least(greatest(0.1 * customers - (place - 1), 0.0), 1.0)) as top_revenue,
       sum(revenue * (customers + 1 - place)) as ranked_revenue
from ranked
group by segment, period, currency

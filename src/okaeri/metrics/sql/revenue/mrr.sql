-- one row per segment, period and currency: the monthly money at both ends, what moved it, and the sums behind intervals
-- (sums of squares are those of customers: x is what one paid at the start, y what is left of it at the end)
with told as (
    select segment, currency, period, opening, closing, unknown,
           cast(opening as double) as x,
           cast(closing as double) as y,
           cast(least(opening, closing) as double) as kept,
           case when opening = 0 and closing = 0 then 'none'
                when opening = 0 and first_period = period then 'new'
                when opening = 0 then 'reactivation'
                when closing = 0 then 'churned'
                when closing > opening then 'expansion'
                when closing < opening then 'contraction'
                else 'none' end as movement
    from mrr_steps
),
moved as (
    select segment, currency, period,
           sum(closing - opening) as change,
           sum(unknown) as unknown,
           sum(case when movement = 'new' then closing else 0 end) as new_mrr,
           sum(case when movement = 'expansion' then closing - opening else 0 end) as expansion,
           sum(case when movement = 'reactivation' then closing else 0 end) as reactivation,
           sum(case when movement = 'contraction' then opening - closing else 0 end) as contraction,
           sum(case when movement = 'churned' then opening else 0 end) as churned,
           sum(case when movement = 'new' then 1 else 0 end) as new_customers,
           sum(case when movement = 'expansion' then 1 else 0 end) as expanding_customers,
           sum(case when movement = 'reactivation' then 1 else 0 end) as returned_customers,
           sum(case when movement = 'contraction' then 1 else 0 end) as contracting_customers,
           sum(case when movement = 'churned' then 1 else 0 end) as churned_customers,
           sum(y * y - x * x) as squares,
           sum(case when opening <> 0 then x * kept - x * x else 0.0 end) as kept_products,
           sum(case when opening <> 0 then kept * kept - x * x else 0.0 end) as kept_squares,
           sum(case when opening <> 0 then x * y - x * x else 0.0 end) as net_products,
           sum(case when opening <> 0 then y * y - x * x else 0.0 end) as net_squares,
           sum(case when movement = 'reactivation' then y * y else 0.0 end) as returned_squares,
           sum(case when y > x then (y - x) * (y - x) else 0.0 end) as gain_squares,
           sum(case when y < x then (y - x) * (y - x) else 0.0 end) as loss_squares
    from told
    group by segment, currency, period
),
books as (
    select distinct segment, currency
    from mrr_steps
),
filled as (
    select b.segment, b.currency, p.period,
           coalesce(m.change, 0) as change,
           coalesce(m.unknown, 0) as unknown,
           coalesce(m.squares, 0.0) as squares,
           coalesce(m.new_customers + m.returned_customers - m.churned_customers, 0) as customers
    from books b
    cross join (select period from periods union all select -1 as period) p
    left join moved m on m.segment = b.segment and m.currency = b.currency and m.period = p.period
),
levels as (
    select segment, currency, period, change, squares, customers,
           sum(change) over (
               partition by segment, currency order by period rows between unbounded preceding and current row
           ) as closing,
           sum(unknown) over (
               partition by segment, currency order by period rows between unbounded preceding and current row
           ) as without_mrr,
           sum(squares) over (
               partition by segment, currency order by period rows between unbounded preceding and current row
           ) as closing_squares,
           sum(customers) over (
               partition by segment, currency order by period rows between unbounded preceding and current row
           ) as paying_end
    from filled
)
select l.segment, l.period, l.currency,
       cast(l.closing - l.change as double) as opening,
       cast(coalesce(m.new_mrr, 0) as double) as new_mrr,
       cast(coalesce(m.expansion, 0) as double) as expansion,
       cast(coalesce(m.reactivation, 0) as double) as reactivation,
       cast(coalesce(m.contraction, 0) as double) as contraction,
       cast(coalesce(m.churned, 0) as double) as churned,
       cast(l.closing as double) as closing,
       cast(l.paying_end - l.customers as bigint) as paying_start,
       cast(l.paying_end as bigint) as paying_end,
       cast(coalesce(m.new_customers, 0) as bigint) as new_customers,
       cast(coalesce(m.expanding_customers, 0) as bigint) as expanding_customers,
       cast(coalesce(m.returned_customers, 0) as bigint) as returned_customers,
       cast(coalesce(m.contracting_customers, 0) as bigint) as contracting_customers,
       cast(coalesce(m.churned_customers, 0) as bigint) as churned_customers,
       cast(l.without_mrr as bigint) as without_mrr,
       l.closing_squares - l.squares as opening_squares,
       l.closing_squares,
       l.closing_squares - l.squares + coalesce(m.kept_products, 0.0) as kept_products,
       l.closing_squares - l.squares + coalesce(m.kept_squares, 0.0) as kept_squares,
       l.closing_squares - l.squares + coalesce(m.net_products, 0.0) as net_products,
       l.closing_squares - l.squares + coalesce(m.net_squares, 0.0) as net_squares,
       coalesce(m.returned_squares, 0.0) as returned_squares,
       coalesce(m.gain_squares, 0.0) as gain_squares,
       coalesce(m.loss_squares, 0.0) as loss_squares
from levels l
left join moved m on m.segment = l.segment and m.currency = l.currency and m.period = l.period
where l.period >= 0

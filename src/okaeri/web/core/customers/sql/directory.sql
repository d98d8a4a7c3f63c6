-- what the directory copies of the customers with codes from one to another: who they are, where they stand, and what
-- was last said of them; a label or a prediction that ended counts as none
with asked as (
    select c.customer, c.customer_id
    from customer_codes c
    join code_range r on c.customer >= r.first_code and c.customer <= r.last_code
),
labelled as (
    select l.customer_id, l.scheme, l.label,
           row_number() over (
               partition by l.customer_id, l.scheme order by l.assigned_at desc, l.label_id desc
           ) as place
    from labels l
    join asked a on a.customer_id = l.customer_id
    where l.scheme in ('lifecycle', 'rfm', 'value_risk')
),
stands as (
    select customer_id,
           max(case when scheme = 'lifecycle' then label end) as lifecycle,
           max(case when scheme = 'rfm' then label end) as rfm,
           max(case when scheme = 'value_risk' then label end) as value_risk
    from labelled
    where place = 1 and label <> 'no_label'
    group by customer_id
),
latest as (
    select max(s.as_of) as as_of
    from scores s
    join code_range r on r.horizon_days = s.horizon_days
    where s.replayed = false
),
said as (
    select s.customer_id, s.leaving, s.value, s.currency, s.as_of,
           row_number() over (partition by s.customer_id order by s.made_at desc, s.score_id desc) as place
    from scores s
    join latest t on t.as_of = s.as_of
    join code_range r on r.horizon_days = s.horizon_days
    join asked a on a.customer_id = s.customer_id
    where s.replayed = false
)
select a.customer_id, f.joined_at, coalesce(f.attributes, '{}') as attributes,
       coalesce(t.orders, 0) as orders, t.last_order_day,
       coalesce(n.lifecycle, '') as lifecycle, coalesce(n.rfm, '') as rfm, coalesce(n.value_risk, '') as value_risk,
       s.leaving, s.leaving * s.value as at_risk, coalesce(s.currency, '') as currency, s.as_of as said_of
from asked a
left join customers f on f.customer_id = a.customer_id
left join customer_totals t on t.customer = a.customer
left join stands n on n.customer_id = a.customer_id
left join said s on s.customer_id = a.customer_id and s.place = 1
order by a.customer

-- one row per segment and period: points issued, spent, expired and adjusted in it and up to its end, what is left, and
-- the squares over customers; what each period adds to a customer's sums and squares telescopes
with moved as (
    select l.customer, l.segment, coalesce(d.period, -1) as period,
           sum(case when l.kind = 'earn' then l.points else 0.0 end) as issued,
           sum(case when l.kind = 'spend' then -l.points else 0.0 end) as spent,
           sum(case when l.kind = 'expire' then -l.points else 0.0 end) as expired,
           sum(case when l.kind = 'adjust' then l.points else 0.0 end) as adjusted,
           sum(l.points) as change
    from ledger l
    left join days d on d.day = l.day
    where coalesce(d.period, -1) < (select count(*) from periods)
    group by l.customer, l.segment, coalesce(d.period, -1)
),
running as (
    select customer, segment, period, issued, spent, expired, adjusted, change,
           sum(issued) over (
               partition by customer order by period rows between unbounded preceding and current row
           ) as all_issued,
           sum(spent) over (
               partition by customer order by period rows between unbounded preceding and current row
           ) as all_spent,
           sum(change) over (
               partition by customer order by period rows between unbounded preceding and current row
           ) as balance,
           row_number() over (partition by customer order by period) as place
    from moved
),
added as (
    select segment, period,
           sum(issued) as issued, sum(spent) as spent, sum(expired) as expired, sum(adjusted) as adjusted,
           sum(case when issued <> 0 or spent <> 0 then 1 else 0 end) as movers,
           sum(issued * issued) as issued_squares, sum(issued * spent) as products, sum(spent * spent) as spent_squares,
           sum(case when place = 1 then 1 else 0 end) as holders,
           sum(all_issued * all_issued - (all_issued - issued) * (all_issued - issued)) as all_issued_squares,
           sum(all_issued * all_spent - (all_issued - issued) * (all_spent - spent)) as all_products,
           sum(all_spent * all_spent - (all_spent - spent) * (all_spent - spent)) as all_spent_squares,
           sum(change) as outstanding,
           sum(greatest(balance, 0.0) - greatest(balance - change, 0.0)) as owed,
           sum(case when balance < 0 then 1 else 0 end - case when balance - change < 0 then 1 else 0 end) as overdrawn
    from running
    group by segment, period
)
select a.segment, p.period,
       sum(case when a.period = p.period then a.issued else 0.0 end) as issued,
       sum(case when a.period = p.period then a.spent else 0.0 end) as spent,
       cast(sum(case when a.period = p.period then a.movers else 0 end) as bigint) as movers,
       sum(case when a.period = p.period then a.issued_squares else 0.0 end) as issued_squares,
       sum(case when a.period = p.period then a.products else 0.0 end) as products,
       sum(case when a.period = p.period then a.spent_squares else 0.0 end) as spent_squares,
       sum(a.issued) as all_issued, sum(a.spent) as all_spent,
       sum(a.expired) as all_expired, sum(a.adjusted) as all_adjusted,
       cast(sum(a.holders) as bigint) as holders,
       sum(a.all_issued_squares) as all_issued_squares,
       sum(a.all_products) as all_products,
       sum(a.all_spent_squares) as all_spent_squares,
       sum(a.outstanding) as outstanding, sum(a.owed) as owed,
       cast(sum(a.overdrawn) as bigint) as overdrawn
from added a
join periods p on p.period >= a.period
group by a.segment, p.period

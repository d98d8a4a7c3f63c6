-- per customer, currency and period in which something changed: what they paid a month at its start and at its end
-- (a gap within the days of grace is bridged by the contract before it; money is exact to a ten-thousandth)
with reaches as (
    select customer,
           max(end_day) over (
               partition by customer order by start_day, end_day
               rows between unbounded preceding and current row
           ) as reached,
           lead(start_day) over (partition by customer order by start_day, end_day) as next_day
    from contracts
    where end_day > start_day
),
bridges as (
    select r.customer, r.reached as from_day, r.next_day as to_day
    from reaches r
    cross join rule g
    where r.next_day > r.reached and cast(r.next_day as bigint) - r.reached <= g.grace_days
),
running as (
    select c.customer,
           coalesce(nullif(c.currency, ''), u.currency) as currency,
           c.start_day,
           coalesce(b.to_day, c.end_day) as end_day,
           coalesce(try_cast(c.mrr as decimal(18, 4)), 0) as mrr,
           case when try_cast(c.mrr as decimal(18, 4)) is null then 1 else 0 end as unknown
    from contracts c
    cross join usual_currency u
    left join bridges b on b.customer = c.customer and b.from_day = c.end_day
    where c.end_day > c.start_day
),
changes as (
    select customer, currency, start_day as day, mrr, unknown, case when mrr <> 0 then 1 else 0 end as begins
    from running
    union all
    select customer, currency, end_day, -mrr, -unknown, 0
    from running
),
steps as (
    select s.customer, s.currency, d.period,
           sum(s.mrr) as change, sum(s.unknown) as unknown, max(s.begins) as begins
    from changes s
    join days d on d.day = s.day
    where d.period < (select count(*) from periods)
    group by s.customer, s.currency, d.period
),
levels as (
    select customer, currency, period, change, unknown,
           sum(change) over (
               partition by customer, currency order by period
               rows between unbounded preceding and current row
           ) as closing,
           min(case when begins = 1 then period end) over (partition by customer, currency) as first_period
    from steps
)
select l.customer, g.segment, l.currency, l.period, l.first_period,
       l.closing - l.change as opening, l.closing, l.unknown
from levels l
join segments g on g.customer = l.customer

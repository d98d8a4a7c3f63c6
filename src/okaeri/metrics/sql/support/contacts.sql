-- per segment and period, tickets of those who were customers at its start or came in it, and how many those were;
-- a row with customers_here is of the customers' own segments, the others are of the tickets' segments
with here as (
    -- the bit of a period's start is also the bit of the period itself
    select l.segment, p.period, count(*) as customers_here
    from presence a
    join lives l on l.customer = a.customer
    join periods p on p.chunk = a.chunk
    where (a.present & p.at_start) <> 0 or (a.active & p.at_start) <> 0
    group by l.segment, p.period
),
asked as (
    select t.segment, t.customer, d.period, count(*) as tickets
    from ticket_rows t
    join days d on d.day = t.opened_day
    where d.bit <> 0
    group by t.segment, t.customer, d.period
),
placed as (
    select w.segment, w.period, w.tickets,
           case when (a.present & p.at_start) <> 0 or (a.active & p.at_start) <> 0 then 1 else 0 end as is_here
    from asked w
    join periods p on p.period = w.period
    left join presence a on a.customer = w.customer and a.chunk = p.chunk
)
select segment, period, customers_here,
       cast(0 as bigint) as tickets, cast(0 as bigint) as squares, cast(0 as bigint) as most,
       cast(0 as bigint) as wrote, cast(0 as bigint) as outsiders
from here
union all
select segment, period, cast(0 as bigint) as customers_here,
       cast(sum(is_here * tickets) as bigint) as tickets,
       cast(sum(is_here * tickets * tickets) as bigint) as squares,
       cast(max(is_here * tickets) as bigint) as most,
       cast(sum(is_here) as bigint) as wrote,
       cast(sum(1 - is_here) as bigint) as outsiders
from placed
group by segment, period

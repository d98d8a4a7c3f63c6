-- per customer, as bits: the boundaries within the engaged days after earning or spending points, or using a reward
with acted as (
    select customer, booked_day as day
    from point_rows
    where kind in ('earn', 'spend')
    union
    select customer, redeemed_day as day
    from reward_rows
    where redeemed_day is not null
)
select a.customer, b.chunk, bit_or(b.present) as present
from acted a
join engaged_bits b on b.day = a.day
where b.present <> 0
group by a.customer, b.chunk

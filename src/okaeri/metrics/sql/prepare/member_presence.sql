-- per member, as bits: the boundaries at which a membership runs; several memberships of one customer are one member
-- (the last day looked up is settled first, so that the join on it has one table on each side and can be hashed)
with bounded as (
    select m.customer, m.segment, m.joined_day, least(m.left_day, h.last_day) as left_day
    from membership_rows m
    cross join horizon h
)
select b.customer, b.segment, f.chunk, bit_or(f.present & u.present) as present
from bounded b
join bits_from f on f.day = b.joined_day
join bits_until u on u.day = b.left_day and u.chunk = f.chunk
where (f.present & u.present) <> 0
group by b.customer, b.segment, f.chunk

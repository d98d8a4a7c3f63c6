-- per customer, as bits: the boundaries at which a contract runs, and the periods during which one ran at some instant
-- (the last day looked up is settled first, so that the join on it has one table on each side and can be hashed)
with bounded as (
    select s.customer, s.start_day, least(s.end_day, h.last_day) as end_day
    from stays s
    cross join horizon h
)
select b.customer, f.chunk, bit_or(f.present & u.present) as present, bit_or(f.active & u.active) as active
from bounded b
join bits_from f on f.day = b.start_day
join bits_until u on u.day = b.end_day and u.chunk = f.chunk
where (f.present & u.present) <> 0 or (f.active & u.active) <> 0
group by b.customer, f.chunk

-- per customer, as bits: the boundaries at which a contract runs, and the periods during which one ran at some instant
select s.customer, f.chunk, bit_or(f.present & u.present) as present, bit_or(f.active & u.active) as active
from stays s
cross join horizon h
join bits_from f on f.day = s.start_day
join bits_until u on u.day = least(s.end_day, h.last_day) and u.chunk = f.chunk
where (f.present & u.present) <> 0 or (f.active & u.active) <> 0
group by s.customer, f.chunk

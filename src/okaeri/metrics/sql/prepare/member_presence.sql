-- per member, as bits: the boundaries at which a membership runs; several memberships of one customer are one member
select m.customer, m.segment, f.chunk, bit_or(f.present & u.present) as present
from membership_rows m
cross join horizon h
join bits_from f on f.day = m.joined_day
join bits_until u on u.day = least(m.left_day, h.last_day) and u.chunk = f.chunk
where (f.present & u.present) <> 0
group by m.customer, m.segment, f.chunk

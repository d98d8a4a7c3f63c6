-- per customer the periods during which a contract ran at some instant, as bits
select s.customer, a.chunk, bit_or(a.mask & u.mask) as mask
from stays s
cross join horizon h
join periods_from a on a.day = s.start_day
join periods_until u on u.day = least(s.end_day, h.last_day) and u.chunk = a.chunk
where (a.mask & u.mask) <> 0
group by s.customer, a.chunk

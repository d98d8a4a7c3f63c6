-- per customer, as bits: the boundaries that lie at most W days after a visit, and the periods with a visit
select a.customer, b.chunk, bit_or(b.present) as present, bit_or(b.active) as active
from activity a
join bits_of_day b on b.day = a.day
group by a.customer, b.chunk

-- per customer the boundaries that lie at most W days after a visit, as bits
select a.customer, c.chunk, bit_or(c.mask) as mask
from activity a
join boundaries_covered c on c.day = a.day
group by a.customer, c.chunk

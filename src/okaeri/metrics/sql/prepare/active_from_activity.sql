-- per customer the periods with a visit, as bits
select a.customer, d.chunk, bit_or(d.bit) as mask
from activity a
join days d on d.day = a.day
where d.bit <> 0
group by a.customer, d.chunk

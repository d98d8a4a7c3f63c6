-- one row per period, segment, instrument and scale with each score and how many answers gave it
select r.segment, d.period, r.instrument, r.scale, r.score, count(*) as answers
from answer_rows r
join days d on d.day = r.day
where r.fits = 1 and d.bit <> 0
group by r.segment, d.period, r.instrument, r.scale, r.score

-- one row per period and segment: the sums a mean and its interval need, and the answers that say "easy" (5 to 7)
select r.segment, d.period,
       cast(sum(r.fits) as bigint) as answers,
       sum(case when r.fits = 1 then r.score else 0.0 end) as total,
       sum(case when r.fits = 1 then r.score * r.score else 0.0 end) as squares,
       cast(sum(case when r.fits = 1 and r.score >= 5 then 1 else 0 end) as bigint) as low_effort,
       cast(sum(1 - r.fits) as bigint) as off_scale
from answer_rows r
join days d on d.day = r.day
where r.instrument = 'ces' and r.score is not null and d.bit <> 0
group by r.segment, d.period

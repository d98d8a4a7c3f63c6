-- one row per period and segment: promoters, passives and detractors among the answers on the scale from 0 to 10
select r.segment, d.period,
       cast(sum(r.fits) as bigint) as answers,
       cast(sum(case when r.fits = 1 and r.score >= 9 then 1 else 0 end) as bigint) as promoters,
       cast(sum(case when r.fits = 1 and r.score > 6 and r.score < 9 then 1 else 0 end) as bigint) as passives,
       cast(sum(case when r.fits = 1 and r.score <= 6 then 1 else 0 end) as bigint) as detractors,
       cast(sum(1 - r.fits) as bigint) as off_scale
from answer_rows r
join days d on d.day = r.day
where r.instrument = 'nps' and r.score is not null and d.bit <> 0
group by r.segment, d.period

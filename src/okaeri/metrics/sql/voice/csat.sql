-- one row per period and segment: satisfied answers among all; where satisfaction begins is a rule of each scale
select r.segment, d.period,
       cast(sum(r.fits) as bigint) as answers,
       cast(sum(case when r.fits = 1 and r.score >= case r.scale when 5 then rules.csat_cut_5
                                                             when 7 then rules.csat_cut_7
                                                             else rules.csat_cut_10 end
                     then 1 else 0 end) as bigint) as satisfied,
       cast(sum(1 - r.fits) as bigint) as off_scale
from answer_rows r
join days d on d.day = r.day
cross join rules
where r.instrument = 'csat' and r.score is not null and d.bit <> 0
group by r.segment, d.period

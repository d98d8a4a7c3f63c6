-- one row per period, segment and survey: who was asked for a rating, who gave one, and who was satisfied;
-- the period is the one of asking, for answers too
select r.segment, d.period, r.survey,
       count(*) as asked,
       cast(sum(case when r.answered = 1 and r.fits = 1 then 1 else 0 end) as bigint) as answers,
       cast(sum(case when r.answered = 1 and r.fits = 1
                      and r.score >= case r.scale when 5 then rules.csat_cut_5
                                                  when 7 then rules.csat_cut_7
                                                  else rules.csat_cut_10 end
                     then 1 else 0 end) as bigint) as satisfied
from answer_rows r
join days d on d.day = r.asked_day
cross join rules
where r.instrument = 'csat' and d.bit <> 0
group by r.segment, d.period, r.survey

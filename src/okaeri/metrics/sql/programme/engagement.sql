-- one row per segment and period: members at its end, and those who earned, spent or used a reward not long before
select m.segment, p.period, count(*) as members,
       sum(case when (coalesce(e.present, 0) & p.at_end) <> 0 then 1 else 0 end) as engaged
from member_presence m
join periods p on p.chunk = m.chunk
left join engaged_presence e on e.customer = m.customer and e.chunk = m.chunk
where (m.present & p.at_end) <> 0
group by m.segment, p.period

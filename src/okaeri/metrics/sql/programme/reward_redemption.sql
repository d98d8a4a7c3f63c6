-- one row per segment and period: rewards given, rewards used, and of those given in it the ones used so far
select segment, period, sum(issued) as issued, sum(redeemed) as redeemed, sum(of_these) as of_these
from (
    select r.segment, d.period, 1 as issued, 0 as redeemed, case when r.redeemed_day is null then 0 else 1 end as of_these
    from reward_rows r
    join days d on d.day = r.issued_day
    where d.bit <> 0
    union all
    select r.segment, d.period, 0 as issued, 1 as redeemed, 0 as of_these
    from reward_rows r
    join days d on d.day = r.redeemed_day
    where d.bit <> 0
) as told
group by segment, period

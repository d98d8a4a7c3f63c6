-- how many days lie between two visits of one customer
with gaps as (
    select day - lag(day) over (partition by customer order by day) as gap_days
    from activity
)
select gap_days, count(*) as gaps
from gaps
where gap_days is not null
group by gap_days

-- the same answers from one row per customer and day
create view days as select customer, day, orders, revenue from source;
create temp table bounds as
select i, date_diff('day', date '1970-01-01', cast(b as date)) as b from (
    select row_number() over (order by b) - 1 as i, b from (
        select unnest(generate_series(date_trunc('month', date '1970-01-01' + cast(min(day) as integer)),
                                      date_trunc('month', date '1970-01-01' + cast(max(day) + 1 as integer)),
                                      interval 1 month)) as b from days));
create temp table lookup as
select d.day, bit_or(case when b.b > d.day and b.b <= d.day + getvariable('w') then 1::bigint << b.i else 0 end) as present,
       1::bigint << max(case when b.b <= d.day then b.i end) as active
from (select distinct day from days) d cross join bounds b group by d.day;
create temp table people as
select customer, bit_or(case when orders > 0 then present else 0 end) as present,
       bit_or(case when orders > 0 then active else 0 end) as active, sum(orders) as orders, sum(revenue) as revenue
from days join lookup using (day) group by customer;
create temp table masks as select present, active, count(*) as n from people where active <> 0 group by all;
select (select sum(n) from masks m join bounds b on (m.present & (3::bigint << b.i)) = (3::bigint << b.i)
        where b.i < (select max(i) from bounds)) as retained,
       (select sum(n) from masks m join bounds b on (m.present & (1::bigint << b.i)) <> 0
        where b.i < (select max(i) from bounds)) as at_start,
       (select sum(n) from masks m join bounds b
        on (m.active & ((1::bigint << b.i) - 1)) = (1::bigint << (b.i - 1)) and (m.active & (1::bigint << b.i)) <> 0
        where b.i > 0 and b.i < (select max(i) from bounds)) as second_month,
       (select count(*) from people where orders >= 2) as repeat,
       (select sum(revenue) from people) as revenue

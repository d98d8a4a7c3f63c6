-- which attributes say something about more than one person, from the whole table and never from who left:
-- numbers, unless whole and nearly all different as ids are; texts of at most 50 values, each shared by five customers
-- on average; names, addresses, ids and dates are left out
with said as (
    select unnest(map_entries(cast(cast(attributes as json) as map(varchar, varchar)))) as pair
    from customers
),
written as (
    select pair.key as name, trim(pair.value) as value
    from said
    where trim(coalesce(pair.value, '')) <> ''
),
described as (
    select name, count(*) as known, count(distinct value) as different,
           -- 0120 is a code and no number
           min(case when regexp_full_match(value, '-?(0|[1-9][0-9]*)([.][0-9]+)?') then 1 else 0 end) as numeric,
           max(case when value like '%.%' then 1 else 0 end) as broken,
           min(case when try_cast(value as date) is not null then 1 else 0 end) as dated
    from written
    group by name
),
chosen as (
    select name, known, case when numeric = 1 then 'number' else 'label' end as kind
    from described
    where different >= 2
      and case when numeric = 1 then broken = 1 or known >= 2 * different
               else dated = 0 and different <= 50 and known >= 5 * different end
),
placed as (
    select name, kind, row_number() over (partition by kind order by known desc, name) as slot
    from chosen
)
select name, kind, slot
from placed
where slot <= 20

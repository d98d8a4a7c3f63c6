-- what is written about the customers themselves; attributes have no history, so each past day shows today's
with said as (
    select f.customer_id, unnest(map_entries(cast(cast(f.attributes as json) as map(varchar, varchar)))) as pair
    from customers f
    join customer_codes c on c.customer_id = f.customer_id
    where c.customer in (select customer from asked)
),
written as (
    select s.customer_id, k.kind, k.slot, trim(s.pair.value) as value
    from said s
    join profile_kinds k on k.name = s.pair.key
    where trim(coalesce(s.pair.value, '')) <> ''
),
profiles as (
    select customer_id,
           max(case when kind = 'label' and slot = 1 then value end) as label_1,
           max(case when kind = 'label' and slot = 2 then value end) as label_2,
           max(case when kind = 'label' and slot = 3 then value end) as label_3,
           max(case when kind = 'label' and slot = 4 then value end) as label_4,
           max(case when kind = 'label' and slot = 5 then value end) as label_5,
           max(case when kind = 'label' and slot = 6 then value end) as label_6,
           max(case when kind = 'label' and slot = 7 then value end) as label_7,
           max(case when kind = 'label' and slot = 8 then value end) as label_8,
           max(case when kind = 'label' and slot = 9 then value end) as label_9,
           max(case when kind = 'label' and slot = 10 then value end) as label_10,
           max(case when kind = 'label' and slot = 11 then value end) as label_11,
           max(case when kind = 'label' and slot = 12 then value end) as label_12,
           max(case when kind = 'label' and slot = 13 then value end) as label_13,
           max(case when kind = 'label' and slot = 14 then value end) as label_14,
           max(case when kind = 'label' and slot = 15 then value end) as label_15,
           max(case when kind = 'label' and slot = 16 then value end) as label_16,
           max(case when kind = 'label' and slot = 17 then value end) as label_17,
           max(case when kind = 'label' and slot = 18 then value end) as label_18,
           max(case when kind = 'label' and slot = 19 then value end) as label_19,
           max(case when kind = 'label' and slot = 20 then value end) as label_20,
           max(case when kind = 'number' and slot = 1 then cast(value as double) end) as number_1,
           max(case when kind = 'number' and slot = 2 then cast(value as double) end) as number_2,
           max(case when kind = 'number' and slot = 3 then cast(value as double) end) as number_3,
           max(case when kind = 'number' and slot = 4 then cast(value as double) end) as number_4,
           max(case when kind = 'number' and slot = 5 then cast(value as double) end) as number_5,
           max(case when kind = 'number' and slot = 6 then cast(value as double) end) as number_6,
           max(case when kind = 'number' and slot = 7 then cast(value as double) end) as number_7,
           max(case when kind = 'number' and slot = 8 then cast(value as double) end) as number_8,
           max(case when kind = 'number' and slot = 9 then cast(value as double) end) as number_9,
           max(case when kind = 'number' and slot = 10 then cast(value as double) end) as number_10,
           max(case when kind = 'number' and slot = 11 then cast(value as double) end) as number_11,
           max(case when kind = 'number' and slot = 12 then cast(value as double) end) as number_12,
           max(case when kind = 'number' and slot = 13 then cast(value as double) end) as number_13,
           max(case when kind = 'number' and slot = 14 then cast(value as double) end) as number_14,
           max(case when kind = 'number' and slot = 15 then cast(value as double) end) as number_15,
           max(case when kind = 'number' and slot = 16 then cast(value as double) end) as number_16,
           max(case when kind = 'number' and slot = 17 then cast(value as double) end) as number_17,
           max(case when kind = 'number' and slot = 18 then cast(value as double) end) as number_18,
           max(case when kind = 'number' and slot = 19 then cast(value as double) end) as number_19,
           max(case when kind = 'number' and slot = 20 then cast(value as double) end) as number_20
    from written
    group by customer_id
)
select a.place, p.*
from asked a
join customer_codes c on c.customer = a.customer
left join profiles p on p.customer_id = c.customer_id

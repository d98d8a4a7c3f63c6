-- what was spent before the cutoff; a line without a currency is in the usual one
select s.spend_id, coalesce(s.channel, '') as channel, s.spent_day, s.amount,
       case when coalesce(s.currency, '') = '' then u.currency else s.currency end as currency
from local_spend s
cross join usual_currency u
cross join cutoff k
where s.spent_day < k.day

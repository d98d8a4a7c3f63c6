-- the names of events: the most frequent by customers get slots, some names say that a payment failed or that
-- somebody is on their way out
with known as (
    select e.name, count(distinct e.customer_id) as customers
    from local_events e
    cross join cutoff k
    where e.occurred_day < k.day and (e.received_day is null or e.received_day < k.day)
    group by e.name
),
placed as (
    select name, customers, row_number() over (order by customers desc, name) as place
    from known
)
select p.name, case when p.place <= r.slots then p.place else 0 end as slot,
       case when regexp_matches(lower(p.name), '(payment|charge|invoice|card|billing).*(fail|declin|reject|overdue|unpaid)')
              or regexp_matches(lower(p.name), '(fail|declin|reject|overdue|unpaid).*(payment|charge|invoice|card|billing)')
              or regexp_matches(p.name, '(決済|支払|결제).*(失敗|エラー|실패|오류)')
            then 1 else 0 end as payment_failed,
       case when regexp_matches(lower(p.name), 'cancel|unsubscri|downgrad|(delete|close|deactivate).*account|account.*(delete|close|deactivat)')
              or regexp_matches(p.name, '解約|退会|해지|탈퇴')
            then 1 else 0 end as leaving
from placed p
cross join feature_rule r

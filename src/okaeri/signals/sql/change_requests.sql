-- requests for a lower price or another contract: in their own words, and the local day they were known
select c.customer, t.topic as words, t.opened_day as day
from local_tickets t
join customer_codes c on c.customer_id = t.customer_id
where t.topic in (select topic from topic_lists where list = 'change_request')
    and t.topic not in (select topic from topic_lists where list = 'no_change_request')
union all
select e.customer, e.name, e.known_day
from known_events e
where e.name in (select name from event_lists where list = 'change_request')
    and e.name not in (select name from event_lists where list = 'no_change_request')

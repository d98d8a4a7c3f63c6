"""A card whose date of expiry the customers table names, within 30 days of it."""

from __future__ import annotations

from datetime import date, timedelta

from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.timetable import EPOCH
from okaeri.signals.kind import Example, Kind, Row
from okaeri.signals.signal import Evidence, Severity

LEAD_DAYS = 30

_QUERY = r"""
-- a card serves until the end of its month; the table holds the newest card only, so earlier ones cannot be told
with known as (
    select c.customer, p.customer_id, p.attributes, p.joined_day
    from local_customers p
    join customer_codes c on c.customer_id = p.customer_id
    where p.attributes <> '{}'
),
named as (
    select distinct n.name
    from (select distinct unnest(json_keys(attributes)) as name from known) as n
    join signal_words w on w.list = 'card_column'
        and regexp_replace(lower(nfc_normalize(n.name)), '[^\p{L}\p{N}]+', '', 'g') = w.word
),
written as (
    select k.customer, k.joined_day, trim(json_extract_string(k.attributes, '$."' || n.name || '"')) as words
    from known k
    cross join named n
),
read as (
    -- 2027-08, 2027/8/31, 08/27 or 8/2027
    select customer, joined_day,
           case when regexp_matches(words, '^[0-9]{4}[-/]') then regexp_extract(words, '^[0-9]{4}[-/]([0-9]{1,2})', 1)
                else regexp_extract(words, '^([0-9]{1,2})[-/]([0-9]{4}|[0-9]{2})$', 1) end as month,
           case when regexp_matches(words, '^[0-9]{4}[-/]') then regexp_extract(words, '^([0-9]{4})[-/]', 1)
                else regexp_extract(words, '^([0-9]{1,2})[-/]([0-9]{4}|[0-9]{2})$', 2) end as year
    from written
),
cards as (
    select customer, joined_day,
           date_diff('day', date '1970-01-01', last_day(make_date(
               case when length(year) = 2 then 2000 else 0 end + cast(year as integer), cast(month as integer), 1
           ))) as last_day
    from read
    where try_cast(month as integer) between 1 and 12 and try_cast(year as integer) is not null
)
select d.customer, cast(max(greatest(d.last_day - 30, coalesce(d.joined_day + 1, d.last_day - 30))) as integer) as day,
       cast(min(d.last_day) as integer) as last_day
from cards d
cross join cutoff k
where d.last_day >= k.day
group by d.customer
"""


def says(row: Row) -> Text:
    """The sentence on a screen."""
    return _("The card on file expires on {day}.").format(day=EPOCH + timedelta(days=row["last_day"]))


def because(row: Row) -> tuple[Evidence, ...]:
    """How long the card still served when this was seen."""
    words = _("The card served for {n} more days; {limit} or fewer count as near.")
    left = row["last_day"] - row["day"]
    return (
        Evidence(
            metric="days_to_card_expiry",
            value=left,
            threshold=LEAD_DAYS,
            unit=Unit.DAYS,
            rows=1,
            says=words.format(n=left, limit=LEAD_DAYS),
        ),
    )


KIND = Kind(
    id="card_on_file_ending",
    label=_("Card on file about to expire"),
    definition=_("The customers table names the card's expiry, and 30 days or fewer are left."),
    query=_QUERY,
    says=says,
    because=because,
    advice=_("Ask for a new card before the next payment is due."),
    severity=Severity.RISK,
    cooldown_days=60,
    facts=("customers",),
    remembers=False,
    example=Example(
        tables={
            "subscriptions": {"customer_id": ["aki", "chiyo", "min-jun"], "started_at": ["2024-01-01"] * 3},
            "customers": {"customer_id": ["aki", "chiyo", "min-jun"], "Card expires": ["04/24", "05/24", "2024-02"]},
            "events": {"customer_id": ["aki"], "name": ["login"], "occurred_at": ["2024-04-09"]},
        },
        seen={"aki": ("2024-03-31",)},
        cutoff=date(2024, 4, 10),
    ),
)

"""The facts hang together: in time, in number and in form."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import duckdb
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.demo import Company, blocks, simulate
from okaeri.demo.company import CUSTOMERS
from okaeri.facts.contracts import TABLES
from tests.demo.conftest import END

# nobody in the town has two ids
OBSERVED = [name for name, table in TABLES.items() if not table.said and name != "identities"]
EVERY_TABLE = pytest.mark.parametrize("table", OBSERVED)
INSTANTS = {
    "orders": "ordered_at",
    "events": "occurred_at",
    "tickets": "opened_at",
    "answers": "answered_at",
    "touches": "planned_at",
    "steps": "done_at",
    "points": "booked_at",
    "subscriptions": "started_at",
}


def ask(company: Company, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")
        for name, table in {**company.facts, "truth": company.truth, "profiles": company.profiles}.items():
            connection.register(name, table)
        return connection.execute(sql).fetchall()


def one(company: Company, sql: str) -> Any:
    return ask(company, sql)[0][0]


@EVERY_TABLE
def test_every_contract_has_rows_in_its_own_form(small: Company, table: str) -> None:
    rows = small.facts[table]

    assert rows.num_rows > 0
    assert rows.schema.equals(TABLES[table].arrow_schema())


@EVERY_TABLE
def test_a_key_names_one_row(town: Company, table: str) -> None:
    key = ", ".join(TABLES[table].key)

    assert one(town, f"select count(*) - count(distinct ({key})) from {table}") == 0


@EVERY_TABLE
def test_what_must_be_there_is_there(small: Company, table: str) -> None:
    needed = [column.name for column in TABLES[table].columns if column.required]

    assert {name: small.facts[table][name].null_count for name in needed} == dict.fromkeys(needed, 0)


@pytest.mark.parametrize("table", [name for name in OBSERVED if TABLES[name].has_customer])
def test_a_row_belongs_to_a_customer_of_the_shop(small: Company, table: str) -> None:
    lost = f"select count(*) from {table} where customer_id not in (select customer_id from customers)"

    assert one(small, lost) == 0


def test_the_same_seed_tells_the_same_story() -> None:
    again, once = (simulate("small", seed=3, end=date(2024, 3, 1)) for _ in range(2))

    assert all(once.facts[name].equals(again.facts[name]) for name in OBSERVED)
    assert once.truth.equals(again.truth)


def test_another_seed_tells_another_story() -> None:
    one_story, other = (simulate("small", seed=seed, end=date(2024, 3, 1)) for seed in (3, 4))

    assert not one_story.facts["orders"].equals(other.facts["orders"])


def test_the_small_shop_has_two_thousand_customers_and_is_made_in_under_three_seconds() -> None:
    begun = time.process_time()
    company = simulate("small", end=END)

    assert time.process_time() - begun < 3
    assert company.facts["customers"].num_rows == 2_000
    assert 15_000 < company.facts["orders"].num_rows < 40_000


def test_blocks_are_whole_in_themselves_and_keep_their_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CUSTOMERS, "small", 100)
    monkeypatch.setattr("okaeri.demo.company.BLOCK_CUSTOMERS", 40)

    whole = simulate("small", end=date(2024, 3, 1))
    parts = list(blocks("small", end=date(2024, 3, 1)))

    assert [part.facts["customers"].num_rows for part in parts] == [40, 40, 20]
    assert one(whole, "select count(*) - count(distinct order_id) from orders") == 0
    assert whole.facts["orders"].num_rows == sum(part.facts["orders"].num_rows for part in parts)
    assert whole.facts["spend"].num_rows == parts[0].facts["spend"].num_rows
    assert len(whole.late_orders) == whole.facts["orders"].num_rows


@pytest.mark.parametrize(("table", "column"), INSTANTS.items())
def test_nothing_happens_before_joining_or_after_leaving(town: Company, table: str, column: str) -> None:
    outside = f"""select count(*) from {table} f join customers c using (customer_id)
        left join truth t using (customer_id)
        where f.{column} < c.joined_at or f.{column} > coalesce(t.left_at, timestamptz '9999-01-01')"""

    assert one(town, outside) == 0


@pytest.mark.parametrize(("table", "column"), INSTANTS.items())
def test_nothing_happens_after_the_end(town: Company, table: str, column: str) -> None:
    latest = one(town, f"select max(cast({column} as date)) from {table}")

    assert isinstance(latest, date)
    assert latest < END


def test_the_story_reaches_its_last_day(town: Company) -> None:
    assert one(town, "select max(cast(ordered_at as date)) from orders") == date(2026, 10, 17)


def test_returns_never_exceed_purchases(town: Company) -> None:
    assert one(town, "select count(*) from (select sum(amount) s from orders group by customer_id) where s < 0") == 0


def test_a_return_is_negative_and_a_purchase_is_not(town: Company) -> None:
    assert one(town, "select count(*) from orders where (kind = 'return') <> (amount < 0)") == 0
    assert one(town, "select avg(cast(kind = 'return' as int)) between 0.01 and 0.06 from orders")


def test_some_rows_arrive_late(small: Company) -> None:
    late = one(small, "select avg(cast(received_at > occurred_at + interval 1 day as int)) from events")

    assert isinstance(late, float)
    assert 0.002 < late < 0.05
    assert 0 < small.late_orders.to_pylist().count(True) < len(small.late_orders) / 50
    assert one(small, "select count(*) from events where received_at < occurred_at") == 0


def test_subscriptions_of_a_customer_end_after_they_start_and_never_overlap(town: Company) -> None:
    bad = """select count(*) from (select *, lead(started_at) over
        (partition by customer_id order by started_at) as next from subscriptions)
        where ended_at <= started_at or next < ended_at or (ended_at is null and next is not null)"""

    assert one(town, bad) == 0


def test_a_subscription_has_a_reason_exactly_when_it_ended_and_a_renewal_exactly_when_it_runs(town: Company) -> None:
    assert one(town, "select count(*) from subscriptions where (ended_at is null) <> (end_reason is null)") == 0
    assert one(town, "select count(*) from subscriptions where (ended_at is null) <> (renews_at is not null)") == 0
    assert one(town, "select min(renews_at) >= timestamptz '2026-10-18' from subscriptions")


def test_a_subscriber_who_left_has_no_running_subscription(town: Company) -> None:
    running = "select count(*) from subscriptions join truth using (customer_id) where ended_at is null"

    assert one(town, running) == 0


def test_the_price_rise_cuts_a_subscription_without_a_gap(town: Company) -> None:
    pairs = ask(
        town,
        """select a.mrr, b.mrr, count(*) from subscriptions a join subscriptions b
        on a.customer_id = b.customer_id and a.ended_at = b.started_at
        where a.end_reason = 'price_change' group by 1, 2""",
    )

    assert [pair[:2] for pair in pairs] == [(2_400.0, 2_880.0)]


def test_tickets_are_replied_to_after_they_open_and_resolved_after_that(town: Company) -> None:
    wrong = "select count(*) from tickets where first_reply_at < opened_at or resolved_at < first_reply_at"

    assert one(town, wrong) == 0
    assert one(town, "select count(*) from tickets where resolved_at is null")


def test_answers_stay_on_their_scales_and_name_their_ticket(town: Company) -> None:
    scales = ask(town, "select instrument, min(score), max(score) from answers group by 1 order by 1")
    unknown = """select count(*) from answers a left join tickets t on a.about = t.ticket_id
        and a.customer_id = t.customer_id and a.asked_at > t.resolved_at
        where a.instrument in ('csat', 'ces') and t.ticket_id is null"""

    assert scales == [("ces", 1, 7), ("cli", 1, 6), ("csat", 1, 5), ("nps", 0, 10)]
    assert one(town, unknown) == 0


def test_most_who_are_asked_stay_silent_and_leave_no_answer(town: Company) -> None:
    silent = "select count(*) from answers where answered_at is null"

    assert one(town, f"{silent} and (score is not null or text is not null or asked_at is null)") == 0
    assert one(
        town, "select avg(cast(answered_at is null as int)) between 0.6 and 0.7 from answers where instrument <> 'cli'"
    )
    # the loyalty questions follow an answer: who is silent never saw them
    assert one(town, f"{silent} and instrument = 'cli'") == 0


def test_nobody_spends_more_points_than_they_have(town: Company) -> None:
    overdrawn = """select count(*) from (select sum(points) over (partition by customer_id
        order by booked_at, entry_id rows unbounded preceding) as balance from points) where balance < 0"""

    assert one(town, overdrawn) == 0


def test_who_is_held_out_gets_nothing(town: Company) -> None:
    assert one(town, "select count(*) from touches where held_out <> (sent_at is null)") == 0
    assert one(town, "select avg(cast(held_out as int)) between 0.17 and 0.23 from touches")


def test_attributes_are_the_columns_of_the_customer_list(small: Company) -> None:
    different = """select count(*) from customers c join profiles p using (customer_id)
        where json_extract_string(attributes, '$.channel') <> p.channel
        or json_extract_string(attributes, '$.name') <> p.name
        or json_extract_string(attributes, '$.prefecture') is distinct from p.prefecture"""

    assert one(small, different) == 0


def test_addresses_are_made_of_the_name_and_lead_nowhere(small: Company) -> None:
    known = "select count(*) from profiles where email is not null"
    wrong = r"""select count(*) from profiles where email is not null
        and not regexp_full_match(email, '[a-z]+[.][a-z]+[0-9]+@(mail[.])?example[.](com|net|org)')"""

    assert one(small, known) > 1_700
    assert one(small, wrong) == 0


def test_a_few_customers_signed_up_a_second_time_under_the_same_name_and_address(small: Company) -> None:
    twice = """select count(*) from (select email from profiles where email is not null
        group by email having count(*) = 2 and count(distinct name) = 1)"""
    more = "select count(*) from (select email from profiles group by email having email is not null and count(*) > 2)"

    assert 3 <= one(small, twice) <= 30
    assert one(small, more) == 0


def test_december_sells_more_than_august(town: Company) -> None:
    by_month = dict(ask(town, "select strftime(ordered_at, '%Y-%m'), count(*) from orders group by 1"))

    assert by_month["2025-12"] > 1.15 * by_month["2025-08"]


def test_a_story_too_short_to_tell_is_refused() -> None:
    with pytest.raises(OkaeriError, match="at least 90 days later"):
        simulate("small", end=date(2023, 2, 1))


def test_a_size_that_does_not_exist_is_answered_with_one_that_does() -> None:
    with pytest.raises(OkaeriError, match="Use 'medium'"):
        simulate("medum", end=END)

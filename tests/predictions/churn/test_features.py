"""Who becomes an example on which day, what the features of a day say, and what they leave out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import isnan
from typing import Any

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.predictions.churn.features import examples_of, training_days
from okaeri.predictions.outcomes import outcomes, present_on
from tests.predictions.churn.worlds import Row, by_customer, facts, read

DAY = date(2024, 3, 1)
CUTOFF = date(2024, 6, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def order(who: str, day: str, amount: float = 10.0, *, currency: str = "EUR", kind: str = "purchase") -> Row:
    return {
        "order_id": f"{who}{day}{currency}{kind}", "customer_id": who, "ordered_at": at(day), "amount": amount,
        "currency": currency, "margin": None, "kind": kind,
    }  # fmt: skip


def contract(who: str, start: str, end: str | None = None, *, plan: str = "month", mrr: float = 10.0) -> Row:
    return {
        "subscription_id": f"{who}{start}{mrr}", "customer_id": who, "plan": plan, "mrr": mrr, "currency": "EUR",
        "started_at": at(start), "ended_at": at(end) if end else None, "renews_at": None, "end_reason": None,
    }  # fmt: skip


def event(who: str, day: str, *, received: str | None = None, name: str = "visit") -> Row:
    return {
        "event_id": f"{who}{day}{name}", "customer_id": who, "name": name, "occurred_at": at(day),
        "received_at": at(received) if received else None, "properties": "{}",
    }  # fmt: skip


def ticket(who: str, opened: str, *, replied: str | None = None, topic: str = "late") -> Row:
    return {
        "ticket_id": f"{who}{opened}", "customer_id": who, "topic": topic, "opened_at": at(opened), "channel": "",
        "agent": "", "first_reply_at": at(replied) if replied else None, "resolved_at": None, "reopened": 0,
    }  # fmt: skip


def known(day: date = DAY, *, rule: str = "orders:90d", **tables: list[Row]) -> dict[str, dict[str, Any]]:
    return read(tables, day, rule=rule)


# who, and what became of them


def test_examples_are_the_customers_of_each_day_with_what_became_of_them() -> None:
    orders = [order("aki", "2024-02-01"), order("aki", "2024-05-20"), order("chiyo", "2024-02-10")]
    measurer = facts({"orders": orders}, zone="UTC")
    presence = measurer.presence("orders:30d", cutoff=CUTOFF)

    found = examples_of(measurer, [DAY], horizon_days=90, presence=presence, cutoff=CUTOFF)

    asked = outcomes(
        measurer, customer=found.customer, day=found.day, horizon_days=90, presence=presence, cutoff=CUTOFF
    )
    assert found.customer.tolist() == present_on(measurer, DAY, presence=presence, cutoff=CUTOFF).tolist()
    assert asked.present.all() and asked.seen.all()
    assert found.left is not None and found.left.tolist() == [False, True]


def test_nobody_can_say_yet_who_leaves_after_the_cutoff() -> None:
    measurer = facts({"orders": [order("aki", "2024-05-20")]}, zone="UTC")
    presence = measurer.presence("orders:90d", cutoff=CUTOFF)

    found = examples_of(measurer, [CUTOFF], horizon_days=30, presence=presence, cutoff=CUTOFF)

    assert len(found) == 1 and found.left is None


def test_days_whose_horizon_is_not_over_are_no_days_to_learn_from() -> None:
    measurer = facts({"orders": [order("aki", "2024-02-20"), order("aki", "2024-05-20")]}, zone="UTC")
    presence = measurer.presence("orders:365d", cutoff=CUTOFF)

    found = examples_of(measurer, [DAY, date(2024, 5, 2), CUTOFF], horizon_days=30, presence=presence, cutoff=CUTOFF)

    assert sorted(set(found.day.tolist())) == [(day - date(1970, 1, 1)).days for day in (DAY, date(2024, 5, 2))]


def test_a_day_asked_for_twice_counts_once() -> None:
    measurer = facts({"orders": [order("aki", "2024-02-20")]}, zone="UTC")
    presence = measurer.presence("orders:90d", cutoff=CUTOFF)

    found = examples_of(measurer, [DAY, DAY], horizon_days=30, presence=presence, cutoff=CUTOFF)

    assert len(found) == 1


def test_a_day_after_the_cutoff_is_refused() -> None:
    measurer = facts({"orders": [order("aki", "2024-02-20")]}, zone="UTC")
    presence = measurer.presence("orders:90d", cutoff=DAY)

    with pytest.raises(OkaeriError, match="Nothing is known yet about 2024-06-01") as refused:
        examples_of(measurer, [CUTOFF], horizon_days=30, presence=presence, cutoff=DAY)

    assert "2024-03-01" in str(refused.value.advice)


def test_a_company_without_customers_on_the_day_gives_no_examples() -> None:
    measurer = facts({"orders": [order("aki", "2024-05-20")]}, zone="UTC")
    presence = measurer.presence("orders:90d", cutoff=CUTOFF)

    found = examples_of(measurer, [DAY], horizon_days=30, presence=presence, cutoff=CUTOFF)

    assert len(found) == 0 and found.features and all(len(values) == 0 for values in found.numbers.values())


def test_fewer_rows_keep_whole_customers_and_always_the_same_ones() -> None:
    everybody = [order(f"c{n:03}", "2024-02-20") for n in range(100)]
    measurer = facts({"orders": everybody}, zone="UTC")
    asking: dict[str, Any] = {
        "horizon_days": 10, "presence": measurer.presence("orders:90d", cutoff=CUTOFF), "cutoff": CUTOFF
    }  # fmt: skip
    days = [DAY, DAY + timedelta(days=30)]

    some = examples_of(measurer, days, at_most=41, **asking)
    more = examples_of(measurer, days[::-1], at_most=81, **asking)

    assert len(some) == 40 and len(more) == 80
    assert (np.bincount(some.customer)[np.unique(some.customer)] == 2).all()
    assert set(some.customer.tolist()) < set(more.customer.tolist())


def test_learning_begins_when_somebody_could_have_left_and_ends_one_horizon_before_the_cutoff() -> None:
    measurer = facts({"orders": [order("aki", "2024-01-01"), order("aki", "2024-05-20")]}, zone="UTC")
    presence = measurer.presence("orders:30d", cutoff=CUTOFF)

    days = training_days(measurer, horizon_days=40, presence=presence, cutoff=CUTOFF, every_days=30)

    assert days == (date(2024, 2, 22), date(2024, 3, 23), date(2024, 4, 22))
    assert training_days(measurer, horizon_days=140, presence=presence, cutoff=CUTOFF) == ()
    assert training_days(measurer, horizon_days=5, presence=presence, cutoff=CUTOFF, every_days=7, at_most=2) == (
        date(2024, 5, 20),
        date(2024, 5, 27),
    )


# what is known, and what is not yet


def test_a_fact_of_the_day_itself_is_not_known() -> None:
    orders = [order("aki", "2024-02-01"), order("aki", "2024-03-01T00:00"), order("chiyo", "2024-02-29T23:59")]

    found = known(orders=orders)

    assert found["aki"]["days_since_order"] == 29 and found["aki"]["orders_ever"] == 1
    assert found["chiyo"]["days_since_order"] == 1


def test_a_step_and_a_message_of_the_day_itself_are_not_known() -> None:
    days = ("2024-02-29T23:59", "2024-03-01T00:00")
    steps = [{"customer_id": "aki", "flow": "", "step": f"s{day}", "done_at": at(day)} for day in days]
    touches = [
        {
            "touch_id": day, "customer_id": "aki", "channel": f"mail {day}", "campaign": "", "outcome": "opened",
            "planned_at": at("2024-02-29"), "sent_at": at(day), "held_out": False,
        }
        for day in days
    ]  # fmt: skip

    found = known(orders=[order("aki", "2024-02-01")], steps=steps, touches=touches)["aki"]

    assert found["steps_done"] == 1 and found["days_since_step"] == 1
    assert found["touches_90d"] == 1 and found["touch_channel"] == f"mail {days[0]}"
    assert isnan(found["opened_share_365d"])


def test_a_window_of_thirty_days_holds_thirty_days() -> None:
    found = known(orders=[order("aki", "2024-01-30"), order("chiyo", "2024-01-31")])

    assert [found[who]["orders_30d"] for who in ("aki", "chiyo")] == [0, 1]


def test_an_event_that_came_in_late_is_known_late() -> None:
    orders = [order("aki", "2024-02-01")]
    events = [event("aki", "2024-02-10", received="2024-03-01"), event("aki", "2024-02-05", received="2024-02-29")]

    found = known(orders=orders, events=events)["aki"]

    assert found["events_30d"] == 1 and found["days_since_event"] == 25


def test_waiting_goes_on_while_a_reply_is_not_known() -> None:
    tickets = [
        ticket("aki", "2024-02-28", replied="2024-03-01"),
        ticket("chiyo", "2024-02-28", replied="2024-02-28T06:00"),
    ]

    found = known(orders=[order("aki", "2024-02-01"), order("chiyo", "2024-02-01")], tickets=tickets)

    assert found["aki"]["wait_worst_90d"] == 48 and found["aki"]["slow_replies_90d"] == 1
    assert found["chiyo"]["wait_worst_90d"] == 6 and found["chiyo"]["slow_replies_90d"] == 0


def test_where_no_reply_is_ever_recorded_nobody_waits() -> None:
    found = known(orders=[order("aki", "2024-02-01")], tickets=[ticket("aki", "2024-02-02")])["aki"]

    assert found["tickets_30d"] == 1
    assert all(isnan(found[name]) for name in ("wait_worst_90d", "slow_replies_90d", "tickets_open"))


def test_a_price_rise_is_a_dearer_contract_on_the_same_plan_after_the_other() -> None:
    risen = [contract("aki", "2023-06-01", "2024-02-01", mrr=10), contract("aki", "2024-02-01", mrr=12)]
    beside = [contract("chiyo", "2023-06-01", mrr=10), contract("chiyo", "2024-02-01", mrr=12)]
    other = [contract("d", "2023-06-01", "2024-02-01", mrr=10), contract("d", "2024-02-01", plan="team", mrr=12)]

    found = known(rule="subscriptions", subscriptions=[*risen, *beside, *other])

    assert found["aki"]["days_since_price_rise"] == 29 and found["aki"]["price_rise"] == pytest.approx(0.2)
    assert isnan(found["chiyo"]["days_since_price_rise"]) and isnan(found["d"]["days_since_price_rise"])
    assert found["aki"]["contract_days"] == 274 and found["aki"]["contract_gaps"] == 0
    assert found["chiyo"]["mrr"] == 22 and found["chiyo"]["contracts_running"] == 2


@pytest.mark.parametrize(
    ("start", "days"), [("2023-03-01", 0), ("2023-03-02", 1), ("2024-02-29", 364), ("2022-12-01", 275)]
)
def test_a_contract_completes_a_year_on_the_day_it_began(start: str, days: int) -> None:
    found = known(rule="subscriptions", subscriptions=[contract("aki", start)])["aki"]

    assert found["days_to_anniversary"] == days


def test_when_a_contract_renews_is_not_looked_at() -> None:
    soon, never = contract("aki", "2023-06-01"), contract("chiyo", "2023-06-01")
    soon["renews_at"] = at("2024-03-05")

    found = known(rule="subscriptions", subscriptions=[soon, never])

    assert str(found["aki"]) == str(found["chiyo"])


def test_money_in_another_currency_is_never_added() -> None:
    orders = [
        order("aki", "2024-02-01", 10), order("aki", "2024-02-01", 900, currency="JPY"), order("aki", "2024-02-02", 5),
        order("chiyo", "2024-02-01", 900, currency="JPY"),
    ]  # fmt: skip

    found = known(orders=orders)

    assert found["aki"]["spend_90d"] == 15 and found["aki"]["orders_90d"] == 3
    assert isnan(found["chiyo"]["spend_90d"]) and found["chiyo"]["orders_90d"] == 1


# what becomes a feature


def test_a_family_without_facts_says_nothing() -> None:
    found = known(orders=[order("aki", "2024-02-01")])["aki"]

    assert not [name for name in found if name.startswith(("tickets", "events", "nps", "points", "contract", "steps"))]


def test_names_ids_codes_and_dates_are_no_features_of_a_person() -> None:
    people = [
        {
            "customer_id": f"c{n:03}", "joined_at": None,
            "attributes": f'{{"colour": "{"pine" if n % 2 else "plum"}", "name": "Aki {n}", "number": "{1000 + n}", '
            f'"phone": "0{n % 5}", "since": "2024-01-0{1 + n % 5}", "age": "{20 + n % 9}", '
            f'"size": "{n}.5", "club": "yes"}}',
        }
        for n in range(100)
    ]  # fmt: skip

    found = known(customers=people, orders=[order("c000", "2024-02-01")])["c000"]

    told = {name: value for name, value in found.items() if name.startswith("attribute:")}
    # a telephone code of five values is shared by many; a club all are in tells nobody apart
    assert told == {"attribute:age": 20, "attribute:colour": "plum", "attribute:phone": "00", "attribute:size": 0.5}


def test_nothing_written_about_somebody_is_nothing_known() -> None:
    people = [
        {"customer_id": f"c{n:03}", "joined_at": None, "attributes": f'{{"colour": "{n % 2}x", "age": "{n % 3}"}}'}
        for n in range(30)
    ]

    found = known(customers=people, orders=[order("chiyo", "2024-02-01")])["chiyo"]

    assert found["attribute:colour"] == "" and isnan(found["attribute:age"])


def test_what_is_written_later_makes_no_feature() -> None:
    tickets = [ticket("aki", "2024-02-02"), ticket("aki", "2024-03-01", topic="new")]
    events = [event("aki", "2024-02-02"), event("aki", "2024-03-01", name="new")]
    events += [event("aki", "2024-02-03", name="late", received="2024-03-01")]

    found = known(orders=[order("aki", "2024-02-01")], tickets=tickets, events=events)["aki"]

    assert [name for name in found if ":" in name] == ["tickets_90d:late", "event_30d:visit"]


def test_only_the_eight_most_frequent_topics_are_features() -> None:
    tickets = [ticket(f"c{n}", f"2024-02-{1 + m:02}", topic=f"t{m}") for m in range(10) for n in range(m + 1)]

    found = known(orders=[order("c0", "2024-02-01")], tickets=tickets)["c0"]

    topics = {name for name in found if name.startswith("tickets_90d:")}
    assert topics == {f"tickets_90d:t{m}" for m in range(2, 10)}


# joins that must not multiply


def test_orders_and_returns_of_a_day_do_not_multiply() -> None:
    orders = [order("aki", f"2024-02-0{n}") for n in range(1, 4)]
    back = [order("aki", f"2024-02-0{n}", -1.0, kind="return") for n in range(1, 3)]

    found = known(orders=[*orders, *back])["aki"]

    assert (found["orders_90d"], found["returns_90d"], found["spend_90d"]) == (3, 2, 28)


def test_touches_sent_and_held_back_do_not_multiply() -> None:
    touches = [
        {
            "touch_id": f"t{n}", "customer_id": "aki", "channel": "mail", "campaign": "", "outcome": "",
            "planned_at": at(f"2024-02-0{n}"), "sent_at": None if n > 3 else at(f"2024-02-0{n}"), "held_out": n > 3,
        }
        for n in range(1, 6)
    ]  # fmt: skip

    found = known(orders=[order("aki", "2024-02-01")], touches=touches)["aki"]

    assert (found["touches_90d"], found["held_out_90d"]) == (3, 2)


def test_several_memberships_are_one_member() -> None:
    rows = [
        {
            "membership_id": f"m{n}", "customer_id": "aki", "programme": f"p{n}", "tier": "",
            "joined_at": at("2024-01-01"), "left_at": at("2024-02-01") if n else None,
        }
        for n in range(3)
    ]  # fmt: skip

    found = known(orders=[order("aki", "2024-02-01")], memberships=rows)["aki"]

    assert found["member"] == 1 and found["days_since_joining"] == 60


def test_a_step_of_two_flows_is_two_steps() -> None:
    steps = [
        {"customer_id": "aki", "flow": flow, "step": "hello", "done_at": at("2024-02-01")} for flow in ("web", "app")
    ]

    found = known(orders=[order("aki", "2024-02-01")], steps=steps)["aki"]

    assert found["steps_done"] == 2 and found["step:hello"] == 1


def test_rows_of_two_days_belong_to_their_own_day() -> None:
    measurer = facts({"orders": [order("aki", f"2024-0{n}-01") for n in range(1, 4)]}, zone="UTC")
    presence = measurer.presence("orders:90d", cutoff=CUTOFF)

    found = examples_of(measurer, [DAY, date(2024, 4, 1)], horizon_days=10, presence=presence, cutoff=CUTOFF)

    rows = by_customer(measurer, found)
    assert [row["orders_ever"] for _key, row in sorted(rows.items())] == [2, 3]

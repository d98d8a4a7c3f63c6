"""One customer found, drawn and told from the facts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, use_language
from okaeri.customers import find_customer, portrait, story
from okaeri.customers.tellers import TELLERS
from okaeri.facts.contracts import TABLES
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer

TOKYO = Calendar(zone="Asia/Tokyo")
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _shop(**tables: pa.Table) -> Measurer:
    return facts_of(tables, calendar=TOKYO, now=NOW)


def _orders(*rows: tuple[str, str, float]) -> pa.Table:
    ids, days, amounts = zip(*rows, strict=True)
    return pa.table({"customer_id": ids, "ordered_at": [_at(day) for day in days], "amount": amounts})


def _people(**attributes: str) -> pa.Table:
    import json

    return pa.table(
        {"customer_id": list(attributes), "attributes": [json.dumps({"name": n}) for n in attributes.values()]}
    )


ORDERS = _orders(("aki", "2024-01-05", 40), ("aki", "2024-02-03", 38), ("chiyo", "2024-03-31", 25))


def test_a_customer_is_found_by_id_and_by_the_whole_of_an_attribute() -> None:
    engine = _shop(orders=ORDERS, customers=_people(aki="Aki Mori", chiyo="千代")).engine

    assert find_customer(engine, "aki") == "aki"
    assert find_customer(engine, "aki mori") == "aki"
    assert find_customer(engine, "千代") == "chiyo"


def test_an_id_nobody_has_is_told_with_the_ids_that_look_alike() -> None:
    engine = _shop(orders=ORDERS).engine

    with pytest.raises(OkaeriError, match="aki"):
        find_customer(engine, "aky")


def test_a_name_of_several_customers_is_not_guessed() -> None:
    engine = _shop(orders=ORDERS, customers=_people(aki="Kim", chiyo="Kim")).engine

    with pytest.raises(OkaeriError, match="aki, chiyo"):
        find_customer(engine, "Kim")


def test_words_that_look_like_sql_are_only_words() -> None:
    engine = _shop(orders=ORDERS).engine

    with pytest.raises(OkaeriError, match="There is no customer"):
        find_customer(engine, "'; drop table orders; --")


def test_a_portrait_counts_what_was_bought_before_the_cutoff() -> None:
    found = portrait(_shop(orders=ORDERS), "aki", cutoff=date(2024, 2, 1))

    assert (found.orders, found.spent) == (1, {"": 40.0})
    assert found.last_order_day == date(2024, 1, 5)
    assert found.days_since_last_order == 27


def test_a_portrait_marks_the_months_by_the_rule_of_the_workspace() -> None:
    orders = _orders(
        ("aki", "2024-01-05", 40), ("ben", "2024-01-05", 1), ("ben", "2024-01-20", 1), ("ben", "2024-05-30", 1)
    )
    found = portrait(_shop(orders=orders), "aki")

    window = int(_shop(orders=orders).presence().rule.window_days or 0)
    here = [label for label, state in found.months if state == "here"]

    assert here[0] == "2024-01"
    assert found.is_customer == (window >= (found.cutoff - date(2024, 1, 5)).days)


def test_somebody_without_orders_has_a_portrait_too() -> None:
    tickets = pa.table({"customer_id": ["min-jun"], "opened_at": [_at("2024-01-05")]})
    found = portrait(_shop(orders=ORDERS, tickets=tickets), "min-jun")

    assert (found.orders, found.months, found.days_since_last_order) == (0, (), None)


def test_a_story_is_told_in_order_and_in_local_time() -> None:
    tickets = pa.table(
        {
            "customer_id": ["aki"],
            "opened_at": [_at("2024-01-20T18:00")],
            "first_reply_at": [_at("2024-01-20T20:30")],
            "topic": ["delivery"],
        }
    )
    measurer = _shop(orders=ORDERS, tickets=tickets)

    told = story(measurer.engine, measurer.facts, "aki")

    assert [entry.day for entry in told] == sorted(entry.day for entry in told)
    assert told[1].day == date(2024, 1, 21)  # six in the evening in UTC is the next morning in Tokyo
    assert str(told[2].says) == "Got a first reply after 2.5 h."


def test_a_story_tells_one_customer_only() -> None:
    measurer = _shop(orders=ORDERS)

    assert len(story(measurer.engine, measurer.facts, "chiyo")) == 1


def test_a_day_of_use_is_one_sentence() -> None:
    moments = [_at(f"2024-01-05T0{hour}:00") for hour in (1, 2, 3)]
    events = pa.table({"customer_id": ["aki"] * 3, "name": ["sign_in", "brew", "sign_in"], "occurred_at": moments})
    measurer = _shop(events=events)

    told = story(measurer.engine, measurer.facts, "aki")

    assert [str(entry.says) for entry in told] == ["Used the product: sign_in ×2, brew."]


def test_every_table_that_names_a_customer_is_told() -> None:
    about_customers = {name for name, table in TABLES.items() if "customer_id" in table.names}

    # what was foretold is told elsewhere, and that two ids are one is nothing that happened to the customer
    assert about_customers - set(TELLERS) <= {"labels", "scores", "identities"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TELLERS)
def test_a_row_of_every_table_can_be_told_in_every_language(table: str, language: str) -> None:
    """Full and nearly empty rows alike."""
    contract = TABLES[table]
    full: dict[str, Any] = {column.name: _any(column.type.value) for column in contract.columns}
    required = {*contract.either, *contract.times}
    sparse = {column.name: full[column.name] if column.required or column.name in required else column.default
              for column in contract.columns}  # fmt: skip

    with use_language(language):
        told = [
            str(says) for row in (full, sparse) for _at, says in TELLERS[table]({"currency": None, "names": "x", **row})
        ]

    assert all(told)


def _any(kind: str) -> Any:
    samples = {"text": "x", "json": "{}", "flag": True, "instant": NOW, "day": NOW.date()}
    return samples.get(kind, 3)

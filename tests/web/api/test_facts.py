"""Rows of facts through the API: the library's contracts decide, and nothing lands twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

import okaeri
from okaeri.web.core.api.answered import LOST_AFTER
from okaeri.web.core.api.models import Answered
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Can
from tests.web.api.conftest import Program

ORDER = {"order_id": "A1", "customer_id": "aki", "ordered_at": "2024-05-31T09:30:00Z", "amount": 40}


def landed(workspace: Path) -> list[dict[str, Any]]:
    shop = okaeri.open(workspace)
    rows = shop.ask(lambda measurer: measurer.engine.query("select * from orders order by order_id").to_pylist())
    return list(rows)


def test_good_rows_land_and_bad_ones_come_back_with_the_reason(
    min_jun: User, program: Callable[..., Program], workspace: Path
) -> None:
    bad = [
        {**ORDER, "order_id": "A2", "amount": "forty"},
        {**ORDER, "order_id": "A3", "customer_id": ""},
        {**ORDER, "order_id": "A4", "colour": "red"},
        {**ORDER, "order_id": "A5", "ordered_at": "yesterday"},
        {**ORDER, "order_id": "A6", "currency": "yen"},
    ]

    answer = program(min_jun).ask("POST", "/facts/orders", {"rows": [ORDER, *bad]}).json()  # type: ignore[attr-defined]

    assert (answer["read"], answer["new"]) == (6, 1)
    assert [(each["row"], each["column"]) for each in answer["refused"]] == [
        (1, "amount"),
        (2, "customer_id"),
        (3, "colour"),
        (4, "ordered_at"),
        (5, "currency"),
    ]
    assert answer["refused"][0]["reason"] == "It must be a number."
    assert [row["order_id"] for row in landed(workspace)] == ["A1"]


def test_the_same_rows_again_change_nothing_and_a_changed_row_replaces(
    min_jun: User, program: Callable[..., Program], workspace: Path
) -> None:
    asking = program(min_jun)
    asking.ask("POST", "/facts/orders", {"rows": [ORDER]})

    again = asking.ask("POST", "/facts/orders", {"rows": [ORDER]}).json()  # type: ignore[attr-defined]
    changed = asking.ask("POST", "/facts/orders", {"rows": [{**ORDER, "amount": 41}]}).json()  # type: ignore[attr-defined]

    assert (again["new"], again["unchanged"]) == (0, 1)
    assert changed["replaced"] == 1
    assert landed(workspace)[0]["amount"] == 41


def test_a_time_without_an_offset_is_in_the_shops_zone_and_a_negative_amount_is_a_return(
    min_jun: User, program: Callable[..., Program], workspace: Path
) -> None:
    row = {**ORDER, "ordered_at": "2024-05-31T09:30:00", "amount": -40}

    program(min_jun).ask("POST", "/facts/orders", {"rows": [row]})

    (found,) = landed(workspace)
    assert found["ordered_at"].utctimetuple()[3:5] == (0, 30)
    assert (found["kind"], found["currency"]) == ("return", "JPY")


def test_a_return_brings_no_money_in(min_jun: User, program: Callable[..., Program], workspace: Path) -> None:
    rows = [{**ORDER, "kind": "return"}, {**ORDER, "order_id": "A2", "kind": "return", "amount": -40}]

    found = program(min_jun).ask("POST", "/facts/orders", {"rows": rows}).json()  # type: ignore[attr-defined]

    assert [(each["row"], each["column"]) for each in found["refused"]] == [(0, "amount")]
    assert [(row["order_id"], row["amount"]) for row in landed(workspace)] == [("A2", -40)]


def test_rows_that_change_nothing_leave_no_trace_in_the_lake(
    min_jun: User, program: Callable[..., Program], workspace: Path
) -> None:
    asking = program(min_jun)
    asking.ask("POST", "/facts/orders", {"rows": [ORDER]})
    before = sorted((workspace / "lake").rglob("*.json"))

    asking.ask("POST", "/facts/orders", {"rows": [ORDER]})

    assert before
    assert sorted((workspace / "lake").rglob("*.json")) == before


def test_of_two_rows_with_one_key_the_later_counts(
    min_jun: User, program: Callable[..., Program], workspace: Path
) -> None:
    answer = program(min_jun).ask("POST", "/facts/orders", {"rows": [ORDER, {**ORDER, "amount": 7}]})

    assert answer.json()["new"] == 1  # type: ignore[attr-defined]
    assert landed(workspace)[0]["amount"] == 7


def test_a_rule_of_the_contract_is_kept(min_jun: User, program: Callable[..., Program]) -> None:
    row = {"answer_id": "1", "customer_id": "aki", "instrument": "nps", "score": 11, "answered_at": "2024-05-31"}

    answer = program(min_jun).ask("POST", "/facts/answers", {"rows": [row, {**row, "answer_id": "2", "score": 9}]})

    found = answer.json()  # type: ignore[attr-defined]
    assert (found["new"], [(each["row"], each["column"]) for each in found["refused"]]) == (1, [(0, "score")])


def test_a_key_makes_the_same_request_answer_the_same(
    min_jun: User, program: Callable[..., Program], workspace: Path
) -> None:
    asking = program(min_jun)
    first = asking.ask("POST", "/facts/orders", {"rows": [ORDER]}, Idempotency_Key="one").json()  # type: ignore[attr-defined]

    again = asking.ask("POST", "/facts/orders", {"rows": [ORDER]}, Idempotency_Key="one").json()  # type: ignore[attr-defined]
    other = asking.ask("POST", "/facts/orders", {"rows": [{**ORDER, "amount": 1}]}, Idempotency_Key="one")

    assert first == again
    assert first["new"] == 1
    assert other.status_code == 422
    assert AuditEntry.objects.filter(verb="facts.sent").count() == 1


def test_a_request_whose_process_was_killed_is_done_again_after_a_while(
    min_jun: User, program: Callable[..., Program], workspace: Path
) -> None:
    asking = program(min_jun)
    asking.ask("POST", "/facts/orders", {"rows": [ORDER]}, Idempotency_Key="one")
    Answered.objects.update(body=None)  # as it stands while a request is under way

    early = asking.ask("POST", "/facts/orders", {"rows": [ORDER]}, Idempotency_Key="one")
    Answered.objects.update(at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
    late = asking.ask("POST", "/facts/orders", {"rows": [ORDER]}, Idempotency_Key="one")

    assert (early.status_code, late.status_code) == (409, 200)
    assert Answered.objects.get().body == late.json()  # type: ignore[attr-defined]


def test_landed_facts_have_the_pages_measured(min_jun: User, program: Callable[..., Program]) -> None:
    program(min_jun).ask("POST", "/facts/orders", {"rows": [ORDER]})

    assert Job.objects.filter(kind="measure_pages").exists()


@pytest.mark.parametrize("table", ["scores", "labels", "nothing"])
def test_conclusions_and_unknown_tables_take_no_rows(
    min_jun: User, program: Callable[..., Program], table: str
) -> None:
    assert program(min_jun).ask("POST", f"/facts/{table}", {"rows": [ORDER]}).status_code == 404


def test_who_may_not_bring_facts_lands_none(min_jun: User, program: Callable[..., Program], workspace: Path) -> None:
    answer = program(min_jun, Can.SEE_FIGURES).ask("POST", "/facts/orders", {"rows": [ORDER]})

    assert answer.status_code == 403
    assert okaeri.open(workspace).tables() == {}

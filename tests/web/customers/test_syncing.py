"""The directory follows the lake."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

import okaeri
from okaeri.web.core.customers.models import Customer, Identity
from okaeri.web.core.customers.queries import names_for
from okaeri.web.core.customers.syncing import sync_customers
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.landing import facts_landed
from tests.web.customers.conftest import NOW, Land


def test_everybody_of_the_lake_is_in_the_directory_with_name_and_standing(directory: Path) -> None:
    assert Customer.objects.count() == 300
    assert Customer.objects.exclude(name="").count() == 300
    assert Customer.objects.exclude(lifecycle="").count() > 250
    assert Customer.objects.filter(email__contains="@").count() > 200


def test_what_was_foretold_comes_with_where_it_may_lie(directory: Path) -> None:
    told = Customer.objects.exclude(leaving=None).values_list("leaving_low", "leaving", "leaving_high")
    ranges = [(low or 0.0, said or 0.0, 1.0 if high is None else high) for low, said, high in told]

    assert len(ranges) > 20
    assert all(low - 0.001 <= said <= high + 0.001 for low, said, high in ranges)
    assert any(0 < low < high < 1 for low, _said, high in ranges)


def test_a_second_run_writes_nothing(directory: Path) -> None:
    again = sync_customers(now=NOW)

    assert (again.customers, again.written, again.gone) == (300, 0, 0)


def test_a_change_of_name_reaches_the_directory_and_keeps_the_page(land: Land, db: None) -> None:
    land(aki='{"name": "森 あき", "email": "Aki@Example.com"}')
    sync_customers(now=NOW)
    before = Customer.objects.get(customer_id="aki")

    land(aki='{"name": "林 あき", "email": "aki.hayashi@example.com"}')
    done = sync_customers(now=NOW)

    now = Customer.objects.get(customer_id="aki")
    assert (done.written, now.name, now.public_id) == (1, "林 あき", before.public_id)
    assert set(Identity.objects.values_list("kind", "value")) == {
        ("external_id", "aki"),
        ("email", "aki.hayashi@example.com"),
    }


@pytest.mark.parametrize(
    ("attributes", "name", "phone"),
    [
        ('{"氏名": "森 あき", "電話番号": "090-1234-5678"}', "森 あき", "09012345678"),
        ('{"성": "김", "이름": "민준", "휴대폰": "010 1234 5678"}', "김 민준", "01012345678"),
        ('{"First Name": "Mary", "last_name": "Smith"}', "Mary Smith", ""),
        ('{"姓": "森", "名": "あき"}', "森 あき", ""),
        ('{"plan": "annual"}', "", ""),
    ],
)
def test_names_and_numbers_are_known_by_their_headings(
    land: Land, db: None, attributes: str, name: str, phone: str
) -> None:
    land(one=attributes)

    sync_customers(now=NOW)

    found = Customer.objects.get()
    assert (found.name, found.phone) == (name, phone)


def test_two_customers_with_one_address_are_both_kept(land: Land, db: None) -> None:
    land(one='{"email": "aki@example.com"}', two='{"email": "aki@example.com"}')

    sync_customers(now=NOW)

    assert Customer.objects.count() == 2
    assert Identity.objects.filter(kind="email").count() == 1


def test_what_no_store_keeps_does_not_keep_everybody_else_away(land: Land, db: None) -> None:
    wide = "".join(chr(0x20000 + n) for n in range(200))  # characters of four bytes: more than fits an index
    attributes = json.dumps({"name": wide, "kana": wide[::-1], "email": f"{wide}@x", "phone": "090"})
    land(**{"x" * 300: "{}", "nul": '{"name": "a\\u0000b", "half": "\\ud800"}', wide[:100]: attributes, "aki": "{}"})

    done = sync_customers(now=NOW)

    assert done.left_out == 1
    assert set(Customer.objects.values_list("customer_id", flat=True)) == {"nul", wide[:100], "aki"}
    assert Customer.objects.get(customer_id="nul").name == "ab"
    assert sync_customers(now=NOW).written == 0


def test_a_row_costs_no_query_of_its_own(
    directory: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Customer.objects.update(fingerprint="")

    with django_assert_max_num_queries(120):  # 300 rows, their marks, and the bounds of one statement
        sync_customers(now=NOW)


def test_somebody_erased_from_the_lake_leaves_the_directory(directory: Path) -> None:
    okaeri.open(directory).forget("C00000007")

    done = sync_customers(now=NOW)

    assert done.gone == 1
    assert not Customer.objects.filter(customer_id="C00000007").exists()
    assert Customer.objects.count() == 299


def test_somebody_who_is_missing_without_a_receipt_keeps_their_notes(
    directory: Path, known: Callable[..., Customer]
) -> None:
    known("of-another-lake")

    done = sync_customers(now=NOW)

    assert done.gone == 0
    assert not Customer.objects.get(customer_id="of-another-lake").in_lake


def test_names_are_given_for_the_ids_that_are_known(directory: Path) -> None:
    found = names_for(["C00000001", "nobody"])

    one = Customer.objects.get(customer_id="C00000001")
    assert found == {"C00000001": (one.public_id, one.name)}


@pytest.mark.parametrize(("tables", "asked"), [(["orders"], 1), (["customers", "events"], 1), (["spend"], 0)])
def test_facts_about_customers_ask_for_the_directory_once(db: None, tables: list[str], asked: int) -> None:
    for _time in range(2):
        facts_landed.send(sender=None, tables=tables, now=datetime(2025, 3, 1, tzinfo=UTC))

    assert Job.objects.filter(kind="sync_customers").count() == asked

"""Days that cannot be, days yet to come, and the order of day and month that a person once gave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from pathlib import Path

import pytest

import okaeri as ok
from okaeri.base.errors import OkaeriError
from okaeri.facts.contracts import TABLES, Table
from okaeri.facts.importing import ImportSummary, import_file
from okaeri.facts.workspace import Workspace
from tests.facts.imports import NOW, ORDERS, Import, counts, quarantine_of, rows

SUBSCRIPTIONS = "subscription_id,customer_id,Began,Ended\n"
HOW = {"started_at": "Began", "ended_at": "Ended"}
TWO_WAYS = "order_id,customer_id,date,amount\n1,Aki,05/06/2021,1\n"


def test_a_subscription_that_ends_before_it_begins_is_set_aside(bring: Import) -> None:
    summary = bring(SUBSCRIPTIONS + "1,Aki,2024-03-02,2024-03-01\n", table="subscriptions", mapping=HOW)

    [row] = quarantine_of(summary)
    assert (row["column"], row["value"]) == ("Ended", "Began=2024-03-02, Ended=2024-03-01")
    assert row["reason"].startswith("it ends before it begins")
    assert "changed places" in row["advice"]


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        ("2024-03-01 10:00", "2024-03-01 10:00"),
        ("2024-03-01 10:00", "2024-03-01"),
        ("2024-03-01", "2024-03-02"),
        ("2024-03-01", ""),
    ],
    ids=["no time at all", "a day that holds the beginning", "a day later", "still running"],
)
def test_a_subscription_that_ends_when_it_begins_or_later_lands(bring: Import, began: str, ended: str) -> None:
    summary = bring(SUBSCRIPTIONS + f"1,Aki,{began},{ended}\n", table="subscriptions", mapping=HOW)

    assert counts(summary) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("table", [table for table in TABLES.values() if table.spans], ids=attrgetter("name"))
def test_every_span_of_a_contract_is_held_to(bring: Import, table: Table) -> None:
    for start, end in table.spans:
        others = [column.name for column in table.columns if column.required and column.name not in (start, end)]
        header = ",".join([*others, start, end])

        summary = bring(f"{header}\n{'x,' * len(others)}2024-03-02,2024-03-01\n", table=table.name)

        assert [(each.code, each.column) for each in summary.left_out] == [("ends_too_early", end)]


def test_days_after_today_land_and_are_counted(bring: Import) -> None:
    summary = bring(ORDERS + "1,Aki,2024-06-01 23:59,5\n2,Aki,2024-06-02,5\n3,Aki,2031-01-01,5\n")

    assert (summary.new, summary.after_today) == (3, 2)


def test_what_lies_ahead_is_counted_anew_on_a_later_day(shop: Workspace, bring: Import, tmp_path: Path) -> None:
    bring(ORDERS + "1,Aki,2024-06-02,5\n2,Aki,2024-06-04,5\n")

    def again(days: int) -> ImportSummary:
        return import_file(shop, tmp_path / "orders.csv", table="orders", now=NOW + timedelta(days=days))

    assert [again(days).after_today for days in (0, 1, 3)] == [2, 1, 0]


def test_a_measurement_says_that_facts_lie_ahead(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS + "1,Aki,2024-05-01,5\n2,Aki,2024-08-02,5\n", "utf-8")
    shop = ok.create(tmp_path / "shop", clock=lambda: NOW)
    shop.import_file(file, table="orders")
    later = ok.open(tmp_path / "shop", clock=lambda: NOW + timedelta(days=100))

    now, then = ([str(note) for note in each.measure("apv").notes] for each in (shop, later))

    assert "Some orders are dated after today; they count from their day on." in now
    assert not [note for note in then if "after today" in note]


def test_facts_that_all_lie_ahead_are_not_called_missing(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS + "1,Aki,2024-08-02,5\n", "utf-8")
    shop = ok.create(tmp_path / "shop", clock=lambda: NOW)
    shop.import_file(file, table="orders")

    with pytest.raises(OkaeriError, match="They count from their day on"):
        shop.measure("apv")


def test_contracts_that_begin_later_are_said_where_contracts_count(tmp_path: Path) -> None:
    file = tmp_path / "contracts.csv"
    file.write_text("subscription_id,customer_id,started_at\n1,Aki,2024-02-01\n2,Chiyo,2024-09-01\n", "utf-8")
    shop = ok.create(tmp_path / "shop", clock=lambda: NOW)
    shop.import_file(file, table="subscriptions")

    notes = [str(note) for note in shop.retention().notes]

    assert "Some subscriptions are dated after today; they count from their day on." in notes


def test_the_order_of_day_and_month_is_remembered_and_said(shop: Workspace, bring: Import) -> None:
    bring(TWO_WAYS, date_order="dmy")

    later = bring("order_id,customer_id,date,amount\n2,Aki,07/08/2021,1\n", name="later.csv")

    assert rows(shop, "strftime(ordered_at + interval 9 hour, '%m-%d')") == [("06-05",), ("08-07",)]
    assert any("07/08/2021 in date was read with the day first" in str(note) for note in later.notes)
    assert Workspace.open(shop.path).settings == replace(shop.settings)


def test_what_a_column_proves_beats_what_is_remembered(shop: Workspace, bring: Import) -> None:
    bring(TWO_WAYS, date_order="dmy")

    later = bring("order_id,customer_id,date,amount\n2,Aki,07/08/2021,1\n3,Aki,12/27/2021,1\n", name="later.csv")

    assert rows(shop, "strftime(ordered_at + interval 9 hour, '%m-%d')") == [("06-05",), ("07-08",), ("12-27",)]
    assert not any("as you said before" in str(note) for note in later.notes)


def test_short_years_are_read_as_they_once_were(shop: Workspace, bring: Import) -> None:
    bring("order_id,customer_id,date,amount\n1,Aki,21/05/06,1\n", date_order="ymd")

    later = bring("order_id,customer_id,date,amount\n2,Aki,21/07/08,1\n", name="later.csv")

    assert any("with the year first" in str(note) for note in later.notes)
    assert rows(shop, "strftime(ordered_at + interval 9 hour, '%Y-%m-%d')") == [("2021-05-06",), ("2021-07-08",)]


def test_an_order_that_cannot_settle_the_question_is_asked_for_again(bring: Import) -> None:
    bring("order_id,customer_id,date,amount\n1,Aki,21/05/06,1\n", date_order="ymd")

    with pytest.raises(OkaeriError, match="--date-order dmy"):
        bring(TWO_WAYS, name="later.csv")


def test_an_order_given_for_a_file_of_which_nothing_landed_is_forgotten(shop: Workspace, bring: Import) -> None:
    bring("order_id,customer_id,date,amount\n1,Aki,31/31/2021,1\n", date_order="dmy")

    assert shop.date_order("orders") is None

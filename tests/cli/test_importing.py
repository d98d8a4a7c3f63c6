"""`okaeri import` and `okaeri tables`: what became of the rows, in numbers and in exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ORDERS, Okaeri

KEYS = ["read", "new", "replaced", "unchanged", "quarantined", "quarantine_file"]


@pytest.fixture
def ready(okaeri: Okaeri) -> Okaeri:
    okaeri("init")
    return okaeri


def test_the_summary_begins_with_the_keys_that_are_promised(ready: Okaeri, orders_file: Path) -> None:
    summary = ready("import", str(orders_file), "--as", "orders", "--json")

    assert summary.code == 0
    assert list(summary.document)[: len(KEYS)] == KEYS
    assert [summary.document[key] for key in KEYS] == [7, 7, 0, 0, 0, None]


def test_the_same_file_again_changes_nothing_and_is_no_failure(ready: Okaeri, orders_file: Path) -> None:
    ready("import", str(orders_file), "--as", "orders")

    again = ready("import", str(orders_file), "--as", "orders", "--json")

    assert again.code == 0
    assert (again.document["new"], again.document["unchanged"]) == (0, 7)


def test_a_bad_row_is_shown_with_its_line_and_the_others_land(ready: Okaeri, orders_file: Path) -> None:
    orders_file.write_text(ORDERS + "8,Nao,2024-03-18,twelve,EUR\n", encoding="utf-8")

    landed = ready("import", str(orders_file), "--as", "orders")

    assert landed.code == 0
    assert "twelve" in landed.out
    assert "quarantine" in landed.out


def test_what_was_read_is_the_sum_of_what_became_of_it(ready: Okaeri, orders_file: Path) -> None:
    orders_file.write_text(ORDERS + "8,Nao,2024-03-18,twelve,EUR\n", encoding="utf-8")

    document = ready("import", str(orders_file), "--as", "orders", "--json").document

    assert document["read"] == 8 == sum(document[key] for key in ("new", "replaced", "unchanged", "quarantined"))
    assert Path(document["quarantine_file"]).is_file()


def test_a_file_without_a_usable_row_ends_with_1(ready: Okaeri, orders_file: Path) -> None:
    orders_file.write_text("order_id,customer_id,ordered_at,amount\n1,Aki,someday,lots\n", encoding="utf-8")

    assert ready("import", str(orders_file), "--as", "orders").code == 1


def test_a_table_that_does_not_exist_ends_with_2(ready: Okaeri, orders_file: Path) -> None:
    refused = ready("import", str(orders_file), "--as", "order", "--json")

    assert refused.code == 2
    assert "orders" in refused.document["advice"]


def test_a_table_that_is_near_none_is_answered_with_all(ready: Okaeri, orders_file: Path) -> None:
    refused = ready("import", str(orders_file), "--as", "nonsense", "--json")

    assert refused.code == 2
    assert "orders, subscriptions" in refused.document["advice"]


def test_a_header_that_does_not_exist_is_answered_with_those_that_do(ready: Okaeri, orders_file: Path) -> None:
    lost = ready("import", str(orders_file), "--as", "orders", "--map", "amount=Nope", "--json")
    near = ready("import", str(orders_file), "--as", "orders", "--map", "amount=Amuont", "--json")

    assert (lost.code, near.code) == (2, 2)
    assert "order_id, customer_id, ordered_at, amount, currency" in lost.document["advice"]
    assert near.document["advice"].startswith("Use 'amount'; there are: order_id")


def test_a_folder_is_called_one_and_its_files_are_named(ready: Okaeri, orders_file: Path) -> None:
    refused = ready("import", ".", "--as", "orders", "--json")

    assert refused.code == 2
    assert "is a folder" in refused.document["error"]
    assert orders_file.name in refused.document["advice"]


def test_a_folder_without_a_file_to_read_says_so(ready: Okaeri, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()

    refused = ready("import", "photos", "--as", "orders", "--json")

    assert refused.code == 2
    assert ".csv" in refused.document["advice"]


@pytest.mark.parametrize("mapping", [(), ("--map", "amount=Price")], ids=["bare", "with a mapping"])
@pytest.mark.parametrize("content", [b"", b"order_id,customer_id,ordered_at,Price\n", b"\x1f\x8b\x08packed"])
def test_a_file_with_nothing_to_use_ends_with_1_however_it_is_asked_for(
    ready: Okaeri, tmp_path: Path, content: bytes, mapping: tuple[str, ...]
) -> None:
    (tmp_path / "empty.csv").write_bytes(content)

    assert ready("import", "empty.csv", "--as", "orders", *mapping, "--json").code == 1


@pytest.mark.parametrize("word", ["Amount", "amount/"])
def test_a_file_whose_columns_have_to_be_named_ends_with_2(ready: Okaeri, tmp_path: Path, word: str) -> None:
    (tmp_path / "odd.csv").write_text("colour,taste\nred,sweet\n", encoding="utf-8")

    assert ready("import", "odd.csv", "--as", "orders", "--json").code == 2
    assert ready("import", "odd.csv", "--as", "orders", "--map", f"amount={word}", "--json").code == 2


def test_rows_of_days_to_come_are_said_at_import_and_by_the_doctor(ready: Okaeri, orders_file: Path) -> None:
    orders_file.write_text(ORDERS + "8,Nao,2190-03-18,12,EUR\n", encoding="utf-8")

    landed = ready("import", str(orders_file), "--as", "orders")
    healthy = ready("doctor")

    assert "Rows dated after today, which count from their day on: 1." in landed.out
    assert "orders: rows dated after today, which count from their day on: 1." in healthy.out
    assert healthy.code == 0


def test_a_file_that_does_not_exist_ends_with_2(ready: Okaeri) -> None:
    refused = ready("import", "nothing.csv", "--as", "orders", "--json")

    assert refused.code == 2
    assert "nothing.csv" in refused.document["error"]


def test_without_a_workspace_the_advice_is_to_make_one(okaeri: Okaeri, orders_file: Path) -> None:
    refused = okaeri("import", str(orders_file), "--as", "orders", "--json")

    assert refused.code == 2
    assert "okaeri init" in refused.document["advice"]


@pytest.mark.parametrize("pair", ["amount", "amount=", "=Price"])
def test_a_mapping_needs_both_its_sides(ready: Okaeri, orders_file: Path, pair: str) -> None:
    refused = ready("import", str(orders_file), "--as", "orders", "--map", pair, "--json")

    assert refused.code == 2
    assert "COLUMN=HEADER" in refused.document["advice"]


def test_an_amount_can_be_worked_out(ready: Okaeri, tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text(
        "order_id,customer_id,ordered_at,Qty,Price\n1,Aki,2024-01-05,3,2.5\n", encoding="utf-8"
    )

    landed = ready("import", "lines.csv", "--as", "orders", "--map", "amount=Qty*Price", "--json")

    assert landed.document["new"] == 1
    assert landed.document["mapping"]["amount"] == "Qty*Price"


def test_an_order_of_day_and_month_is_never_guessed(ready: Okaeri, tmp_path: Path) -> None:
    (tmp_path / "uk.csv").write_text(
        "order_id,customer_id,ordered_at,amount\n1,Aki,3/4/2024,5\n2,Aki,5/6/2024,7\n", encoding="utf-8"
    )

    refused = ready("import", "uk.csv", "--as", "orders", "--json")
    told = ready("import", "uk.csv", "--as", "orders", "--date-order", "dmy", "--json")

    assert refused.code == 2
    assert "--date-order" in refused.document["advice"]
    assert told.document["new"] == 2


def test_tables_counts_the_rows(shop: Okaeri) -> None:
    tables = {row["table"]: row["rows"] for row in shop("tables", "--json").document["tables"]}

    assert tables["orders"] == 7


def test_tables_names_the_columns_of_one(okaeri: Okaeri) -> None:
    columns = {row["column"]: row for row in okaeri("tables", "orders", "--json").document["columns"]}

    assert columns["customer_id"]["required"]
    assert columns["order_id"]["key"]


@pytest.mark.parametrize(("language", "words"), [("en", "What it holds"), ("ja", "内容"), ("ko", "내용")])
def test_tables_speaks_three_languages(shop: Okaeri, language: str, words: str) -> None:
    assert words in shop("tables", "--lang", language).out

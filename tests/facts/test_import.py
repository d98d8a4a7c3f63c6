"""Import: what lands, what goes to quarantine, what is counted, and what a second import changes."""

from __future__ import annotations

import platform
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.facts.importing import import_file, receipts
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace
from tests.facts.imports import NOW, ORDERS, Import, counts, quarantine_of, rows


def test_good_rows_land_and_bad_ones_say_what_is_wrong(shop: Workspace, bring: Import) -> None:
    summary = bring(
        ORDERS
        + "1,Aki,2024-01-05,100\n2,,2024-01-06,5\n3,Chiyo,soon,5\n4,Min-jun,2024-01-07,much\n5,Aki,2024-01-08,7\n"
    )

    assert counts(summary) == (5, 2, 0, 0, 3)
    assert rows(shop, "order_id, customer_id, amount") == [("1", "Aki", 100.0), ("5", "Aki", 7.0)]
    found = quarantine_of(summary)
    assert [(row["line"], row["column"], row["value"]) for row in found] == [
        ("3", "customer_id", ""), ("4", "ordered_at", "soon"), ("5", "amount", "much"),
    ]  # fmt: skip
    assert found[0]["reason"] == "no customer: customer_id is empty"
    assert all(row["advice"] and row["file"] == "orders.csv" for row in found)
    assert {each.code: each.count for each in summary.left_out} == {"no_customer": 1, "bad_date": 1, "bad_number": 1}


def test_the_same_file_twice_changes_nothing(shop: Workspace, bring: Import) -> None:
    text = ORDERS + "1,Aki,2024-01-05,100\n2,,2024-01-06,5\n1,Aki,2024-01-05,120\n"
    first = bring(text)

    second = bring(text)

    assert counts(first) == (3, 1, 1, 0, 1)
    assert counts(second) == (3, 0, 0, 2, 1)
    assert rows(shop, "amount") == [(120.0,)]


def test_an_older_file_that_comes_again_is_compared_and_not_taken_for_done(shop: Workspace, bring: Import) -> None:
    bring(ORDERS + "1,Aki,2024-01-05,100\n", name="old.csv")
    bring(ORDERS + "1,Aki,2024-01-05,150\n", name="new.csv")

    again = bring(ORDERS + "1,Aki,2024-01-05,100\n", name="old.csv")

    assert counts(again) == (1, 0, 1, 0, 0)
    assert rows(shop, "amount") == [(100.0,)]


def test_a_row_that_comes_again_with_other_values_replaces(shop: Workspace, bring: Import) -> None:
    bring(ORDERS + "1,Aki,2024-01-05,100\n2,Aki,2024-01-06,50\n")

    summary = bring(ORDERS + "1,Aki,2024-01-05,130\n2,Aki,2024-01-06,50\n3,Aki,2024-01-07,1\n")

    assert counts(summary) == (3, 1, 1, 1, 0)


def test_rows_without_an_id_get_a_stable_key_and_twins_stay_two_purchases(shop: Workspace, bring: Import) -> None:
    text = "customer_id,date,amount\nAki,2024-01-05,10\nAki,2024-01-05,10\nChiyo,2024-01-05,10\n"
    first = bring(text)

    longer = bring(text + "Aki,2024-01-05,10\n")

    assert first.key_made and counts(first) == (3, 3, 0, 0, 0)
    assert counts(longer) == (4, 1, 0, 3, 0)
    assert any("order_id" in str(note) for note in first.notes)


def test_lines_of_an_order_are_summed_and_counted_as_lines(shop: Workspace, bring: Import) -> None:
    text = (
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        "1,A,2,2024-01-05 10:00,2.55,Aki\n1,B,1,2024-01-05 10:00,0.9,Aki\n1,B,1,2024-01-05 10:00,0.9,Aki\n"
        "2,A,1,2024-01-06,3,\n3,A,-2,2024-01-07,2.55,Aki\n4,A,1,2024-01-07,3,Chiyo\n4,A,1,2024-01-07,3,Aki\n"
    )

    summary = bring(text)

    assert summary.mapping["amount"] == "Quantity*UnitPrice"
    assert counts(summary) == (7, 5, 0, 0, 2)
    assert rows(shop, "order_id, customer_id, amount, kind") == [
        ("1", "Aki", 6.9, "purchase"), ("3", "Aki", -5.1, "return"), ("4", "Chiyo", 3.0, "purchase"),
    ]  # fmt: skip
    assert {each.code for each in summary.left_out} == {"no_customer", "other_customer"}
    assert (summary.merged_lines, summary.returns) == (2, 1)
    more = bring(text + "1,C,1,2024-01-05 10:00,1,Aki\n5,C,1,2024-01-05 10:00,1,Aki\n", name="more.csv")
    assert counts(more) == (9, 1, 4, 2, 2)


def test_repeated_orders_without_a_column_for_lines_say_how_many_do_not_count(shop: Workspace, bring: Import) -> None:
    summary = bring(ORDERS + "1,Aki,2024-01-05,10\n1,Aki,2024-01-05,10\n1,Aki,2024-01-05,30\n2,Aki,2024-01-06,5\n")

    assert rows(shop, "order_id, amount") == [("1", 30.0), ("2", 5.0)]
    [note] = [str(note) for note in summary.notes if "order id comes again" in str(note)]
    assert note.startswith("2 rows do not count") and "--map line=HEADER" in note


@pytest.mark.parametrize("word", ["NaN", "nan", "null", "N/A"])
def test_a_word_for_nothing_is_empty_where_empty_is_allowed(shop: Workspace, bring: Import, word: str) -> None:
    bring(f"order_id,customer_id,ordered_at,amount,margin\n1,Aki,2024-01-05,10,{word}\n")

    assert rows(shop, "amount, margin") == [(10.0, None)]


@pytest.mark.parametrize("word", ["NaN", "nan", "null", "N/A"])
def test_a_word_for_nothing_is_named_where_a_value_is_missed(bring: Import, word: str) -> None:
    summary = bring(ORDERS + f"1,Aki,2024-01-05,{word}\n2,{word},2024-01-05,1\n3,Aki,2024-01-05,\n")

    assert {str(each.reason) for each in summary.left_out} == {
        f"amount says {word}, which stands for nothing",
        f"no customer: customer_id says {word}, which stands for nothing",
        "amount is empty",
    }
    assert [row["reason"] for row in quarantine_of(summary)][-1] == "amount is empty"


def test_the_receipt_names_the_word_again(bring: Import) -> None:
    text = ORDERS + "1,Aki,2024-01-05,1\n2,Aki,2024-01-05,N/A\n"
    first = bring(text)

    assert bring(text).left_out == first.left_out


@pytest.mark.parametrize("word", ["Cancelled", "refunded", "キャンセル", "返品", "주문취소", "환불"])
def test_an_order_that_was_called_off_is_never_a_purchase(shop: Workspace, bring: Import, word: str) -> None:
    bring(
        f"order_id,customer_id,ordered_at,amount,status\n1,Aki,2024-01-05,100,{word}\n2,Aki,2024-01-05,-5,ok\n3,Aki,2024-01-06,7,ok\n"
    )

    assert rows(shop, "order_id, amount, kind") == [("1", 0.0, "return"), ("2", -5.0, "return"), ("3", 7.0, "purchase")]


def test_how_returns_count_is_a_setting_that_is_saved(shop: Workspace, bring: Import) -> None:
    bring(ORDERS + "1,Aki,2024-01-05,100\n", returns="apart")

    assert Workspace.open(shop.path).settings == replace(shop.settings, returns="apart")


def test_a_mapping_is_remembered_for_files_with_the_same_headers(shop: Workspace, bring: Import) -> None:
    header = "wer,wann,was kostet,Rabatt\n"
    bring(
        header + "Aki,2024-01-05,100,10\n",
        mapping={"customer_id": "wer", "ordered_at": "wann", "amount": '"was kostet" - Rabatt'},
    )

    again = bring(header + "Aki,2024-01-09,50,5\n", name="later.csv")

    assert again.mapping["amount"] == '"was kostet" - Rabatt'
    assert rows(shop, "amount") == [(45.0,), (90.0,)]


@pytest.mark.parametrize(
    ("mapping", "advice"),
    [
        ({"amount": "Amuont"}, "Use 'amount'"),
        ({"price": "amount"}, "okaeri tables orders"),
        ({"amount": "amount*(2"}, "plus|parentheses"),
        ({"customer_id": "amount*2"}, "Map it to one header"),
    ],
)
def test_a_mapping_that_cannot_be_is_explained(bring: Import, mapping: dict[str, str], advice: str) -> None:
    with pytest.raises(OkaeriError, match=advice):
        bring(ORDERS + "1,Aki,2024-01-05,1\n", mapping=mapping)


@pytest.mark.parametrize(
    ("amounts", "read"),
    [
        (["1.234", "12,5", "7"], [7.0, 12.5, 1234.0]),
        (["1.234", "1,234.5", "7"], [1.234, 7.0, 1234.5]),
        (["1.234", "12,5", "12.50", "1.234,50", "7"], [7.0, 12.5, 12.5, 1234.5]),
    ],
)
def test_a_column_shows_which_sign_is_the_decimal_one(
    shop: Workspace, bring: Import, amounts: list[str], read: list[float]
) -> None:
    lines = "".join(f"{n};Aki;2024-01-05;{amount}\n" for n, amount in enumerate(amounts))

    summary = bring(ORDERS.replace(",", ";") + lines)

    assert [row[0] for row in rows(shop, "amount")] == read
    assert summary.quarantined == len(amounts) - len(read)


def test_customers_keep_further_columns_as_attributes(shop: Workspace, bring: Import) -> None:
    bring("顧客ID,登録日,Plan,Country\nAki,2024-01-05,gold,日本\nChiyo,2024-01-06,,\n", table="customers")

    assert rows(shop, "customer_id, attributes", table="customers") == [
        ("Aki", '{"Plan":"gold","Country":"日本"}'), ("Chiyo", "{}"),
    ]  # fmt: skip


def test_a_formula_in_a_bad_cell_is_disarmed(bring: Import) -> None:
    summary = bring(ORDERS + '1,Aki,"=HYPERLINK(""http://x"")",1\n2,Aki,2024-01-05,1\n')

    assert quarantine_of(summary)[0]["value"].startswith("'=")


def test_the_receipt_has_numbers_and_no_person(shop: Workspace, bring: Import) -> None:
    bring(ORDERS + "1,Aki,2024-01-05,100\n2,,2024-01-06,5\n")

    [receipt] = receipts(shop, table="orders")
    assert receipt["left_out"][0]["count"] == 1
    assert "Aki" not in str(receipt)


def test_stopping_halfway_leaves_the_lake_and_the_folder_as_they_were(shop: Workspace, bring: Import) -> None:
    def stop(stage: str, share: float) -> None:
        if stage == "landing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(ORDERS + "1,Aki,2024-01-05,100\n", progress=stop)

    assert Lake(shop.lake_path).tables() == ()
    assert not list(shop.path.glob(".import-*"))


def test_progress_rises_to_one(bring: Import) -> None:
    seen: list[float] = []

    bring(ORDERS + "1,Aki,2024-01-05,100\n", progress=lambda stage, share: seen.append(share))

    assert seen == sorted(seen) and seen[-1] == 1.0


LINE = st.tuples(
    st.sampled_from(["1", "2", "3", ""]),
    st.sampled_from(["Aki", "Chiyo", ""]),
    st.sampled_from(["2024-01-05", "2024/01/06 10:00", "?", ""]),
    st.sampled_from(["1", "-2.5", "1,5", "x", ""]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINE, min_size=1, max_size=8), with_lines=st.booleans())
def test_every_row_has_exactly_one_fate(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, ...]], with_lines: bool
) -> None:
    folder = tmp_path_factory.mktemp("fate")
    shop = Workspace.create(folder / "shop", zone="UTC")
    text = "order_id;customer_id;ordered_at;amount" + (";sku" if with_lines else "") + "\n"
    text += "".join(";".join((*line, "s") if with_lines else line) + "\n" for line in lines)
    (folder / "a.csv").write_text(text)

    first = import_file(shop, folder / "a.csv", table="orders", now=NOW)
    again = import_file(shop, folder / "a.csv", table="orders", now=NOW)

    assert first.read == len(lines) == first.new + first.replaced + first.unchanged + first.quarantined
    assert counts(again) == (first.read, 0, 0, first.landed, first.quarantined)


def test_a_column_with_repeats_is_never_guessed_to_be_the_key_of_customers(bring: Import) -> None:
    with pytest.raises(OkaeriError, match="--map customer_id=HEADER"):
        bring("colour,taste\nred,sweet\nred,sour\nblue,sour\n", table="customers")


def test_what_a_killed_import_left_behind_is_swept_away(shop: Workspace, bring: Import) -> None:
    left = shop.path / f".import-{platform.node()}-999999999-x"
    left.mkdir()

    bring(ORDERS + "1,Aki,2024-01-05,100\n")

    assert not left.exists()


def test_a_mapping_that_read_no_row_is_not_remembered(bring: Import) -> None:
    content = "order_id,customer_id,date,amount\n1,aki,2024-01-03,10\n"

    failed = bring(content, mapping={"amount": "amount/0"})
    second = bring(content)

    assert (failed.quarantined, second.new) == (1, 1)

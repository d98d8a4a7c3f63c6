"""Which files import reads: encodings, delimiters, JSON, workbooks, broken lines, and dates that need an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.facts.importing import import_file
from okaeri.facts.workspace import Workspace
from tests.facts.imports import NOW, ORDERS, Import, counts, quarantine_of, rows

JAPANESE = "注文番号,会員番号,注文日,金額\n一,田中,2021年12月27日,￥1,200\n".replace("￥1,200", '"￥1,200"')
KOREAN = '주문번호,고객번호,주문일,금액\n하나,김민준,2021년 12월 27일,"12,000원"\n'


@pytest.mark.parametrize(
    ("text", "codec", "encoding", "amount", "currency"),
    [
        (JAPANESE, "utf-8", "UTF-8", 1200, "JPY"),
        (JAPANESE, "utf-8-sig", "UTF-8 (BOM)", 1200, "JPY"),
        (JAPANESE, "utf-16", "UTF-16", 1200, "JPY"),
        (JAPANESE, "cp932", "CP932 (Shift_JIS)", 1200, "JPY"),
        (JAPANESE, "euc_jp", "EUC-JP", 1200, "JPY"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP", 1200, "JPY"),
        (KOREAN, "utf-8", "UTF-8", 12000, "KRW"),
        (KOREAN, "euc_kr", "CP949 (EUC-KR)", 12000, "KRW"),
        (KOREAN, "cp949", "CP949 (EUC-KR)", 12000, "KRW"),
    ],
)
def test_east_asian_files_need_no_hand(
    shop: Workspace, bring: Import, text: str, codec: str, encoding: str, amount: float, currency: str
) -> None:
    summary = bring(text.encode(codec))

    assert (summary.encoding, summary.new) == (encoding, 1)
    moment = datetime(2021, 12, 26, 15, tzinfo=UTC)
    assert rows(shop, "ordered_at = ?::timestamptz, amount, currency".replace("?", f"'{moment.isoformat()}'")) == [
        (True, amount, currency)
    ]


@pytest.mark.parametrize(
    ("header", "codec", "home", "currency"),
    [
        ("注文番号,会員番号,注文日,金額", "cp932", "", "JPY"),
        ("주문번호,고객번호,주문일,금액", "cp949", "", "KRW"),
        ("order_id,customer_id,ordered_at,amount", "ascii", "KRW", "KRW"),
    ],
)
def test_the_byte_that_fonts_show_as_yen_or_won_is_money(
    tmp_path: Path, header: str, codec: str, home: str, currency: str
) -> None:
    shop = Workspace.create(tmp_path / "seoul", currency=home)
    file = tmp_path / "typed.csv"
    file.write_bytes((header + '\n1,Aki,2024-01-05,"\\1,200"\n').encode(codec))

    import_file(shop, file, table="orders", now=NOW)

    assert rows(shop, "amount, currency") == [(1200.0, currency)]


def test_a_backslash_in_a_header_names_the_currency(shop: Workspace, bring: Import) -> None:
    bring("注文番号,会員番号,注文日,金額(\\)\n1,Aki,2024-01-05,1200\n".encode("cp932"))

    assert rows(shop, "amount, currency") == [(1200.0, "JPY")]


def test_era_dates_land_on_their_days(shop: Workspace, bring: Import) -> None:
    summary = bring("注文番号,会員番号,注文日,金額\n1,Aki,令和6年4月1日,5\n2,Aki,R6.4.2,5\n3,Aki,Ｈ３１／４／３０,5\n")

    assert counts(summary) == (3, 3, 0, 0, 0)
    assert rows(shop, "strftime(ordered_at + interval 9 hour, '%Y-%m-%d')") == [
        ("2019-04-30",), ("2024-04-01",), ("2024-04-02",),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_delimiters_are_seen(bring: Import, delimiter: str) -> None:
    summary = bring((ORDERS + "1,Aki,2024-01-05,100\n2,Aki,2024-01-05,3\n").replace(",", delimiter))

    assert counts(summary) == (2, 2, 0, 0, 0)


def test_columns_aligned_with_blanks_are_read(shop: Workspace, bring: Import) -> None:
    summary = bring(
        " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n"
    )

    assert counts(summary) == (2, 2, 0, 0, 0)
    assert rows(shop, "customer_id, amount") == [("00001", 11.77), ("00002", 12.0)]


def test_a_file_without_a_header_is_read_by_its_contents(shop: Workspace, bring: Import) -> None:
    summary = bring("00004 19970101 2 29.33\n00004 19970118 2 29.73\n00021 19970101 3 63.34\n")

    assert counts(summary) == (3, 3, 0, 0, 0)
    assert rows(shop, "customer_id, amount") == [("00004", 29.33), ("00004", 29.73), ("00021", 63.34)]


@pytest.mark.parametrize(
    "text",
    ['{"order_id": 1, "customer_id": "Aki", "ordered_at": "2024-01-05T10:00:00Z", "amount": 10.5}\n\nnot json\n'
     '{"order_id": 2, "customer_id": "Aki", "amount": 1, "ordered_at": 1704448800}\n',
     '[{"order_id": 1, "customer_id": "Aki", "ordered_at": "2024-01-05T10:00:00Z", "amount": 10.5}, 7,\n'
     '{"order_id": 2, "customer_id": "Aki", "amount": 1, "ordered_at": 1704448800}]'],
)  # fmt: skip
def test_json_lines_and_arrays_are_read(shop: Workspace, bring: Import, text: str) -> None:
    summary = bring(text, name="orders.json")

    assert counts(summary) == (3, 2, 0, 0, 1)
    assert rows(shop, "order_id, amount, epoch(ordered_at)") == [("1", 10.5, 1704448800.0), ("2", 1.0, 1704448800.0)]


def test_a_workbook_is_known_by_its_contents_even_when_named_csv(
    shop: Workspace, bring: Import, tmp_path: Path
) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [
        ["2024 sales"],
        ["注文番号", "顧客ID", "注文日", "金額"],
        [1, 17850.0, datetime(2024, 1, 5, 9, 30), 1200],
        [2, None, "x", 3],
    ]:
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")

    summary = bring((tmp_path / "book.xlsx").read_bytes(), name="sales.csv")

    assert counts(summary) == (2, 1, 0, 0, 1)
    assert rows(shop, "customer_id, amount, strftime(ordered_at, '%Y-%m-%d %H:%M')") == [
        ("17850", 1200.0, "2024-01-05 00:30")
    ]
    assert quarantine_of(summary)[0]["line"] == "4"


def test_ragged_lines_and_blank_lines_keep_their_line_numbers(bring: Import) -> None:
    summary = bring(
        ORDERS + '1,Aki,2024-01-05,1\n2,Aki\n\n3,"A\nki",2024-01-05,1\n4,Aki,2024-01-05,1,9,9\n5,Aki,never,1\n'
    )

    assert counts(summary) == (5, 2, 0, 0, 3)
    assert [(row["line"], row["reason"]) for row in quarantine_of(summary)] == [
        ("3", "the line has too few cells"), ("7", "the line has too many cells"), ("8", "ordered_at is not a date"),
    ]  # fmt: skip


def test_rows_set_aside_stand_in_the_order_of_the_file(bring: Import) -> None:
    summary = bring(ORDERS + '1,Aki,never,1\n2,Aki\n3,Aki,2024-01-05,much\n4,"Aki,x,1\n5,,2024-01-05,1\n6,A,B\n')

    assert [row["line"] for row in quarantine_of(summary)] == ["2", "3", "4", "5", "6", "7"]


def test_an_open_quote_does_not_swallow_the_rows_after_it(bring: Import) -> None:
    summary = bring(
        ORDERS + '1,Aki,2024-01-05,1\n2,"Aki,2024-01-05,1\n' + "".join(f"{n},Aki,2024-01-05,1\n" for n in range(3, 9))
    )

    assert counts(summary) == (8, 7, 0, 0, 1)
    assert quarantine_of(summary)[0]["line"] == "3"


def test_nul_bytes_do_no_harm(bring: Import) -> None:
    summary = bring(
        (ORDERS + "1,Aki,2024-01-05,1\n" * 1 + "2,Aki,2024-\0-05,1\n" + "3,Aki,2024-01-05,1\n" * 20).encode()
    )

    assert summary.quarantined == 1 and summary.landed == 21


def test_headers_that_come_twice_are_told_apart(bring: Import) -> None:
    summary = bring("order_id,customer_id,date,amount,amount\n1,Aki,2024-01-05,1,2\n", mapping={"amount": "amount (2)"})

    assert summary.mapping["amount"] == "amount (2)"


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "Export it again"),
        (b"\n\n", "Export it again"),
        (ORDERS.encode(), "look whether it has rows"),
        (b"colour,taste\nred,sweet\n", "--map customer_id=HEADER"),
        (b"\x89PNG\r\n" + b"\0\1\2" * 500, "Export it as CSV"),
        (b"\x1f\x8b\x08\x00junk", "Unpack it"),
        (b"PK\x03\x04 no workbook", "save it as .xlsx or CSV"),
        (b"PAR1 no parquet", "CSV, Excel, JSON Lines and Parquet are read"),
        (b"[{]", "CSV, Excel, JSON Lines and Parquet are read"),
        (b"order_id,customer_id,date,amount\n1,Aki,05/06/2021,1\n", "--date-order dmy"),
        (b"order_id,customer_id,date,amount\n1,Aki,05/13/2021,1\n2,Aki,13/05/2021,1\n", "--date-order dmy"),
        (b"order_id,customer_id,date,amount\n1,Aki,21/05/06,1\n", "--date-order dmy"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do(bring: Import, content: bytes, advice: str) -> None:
    with pytest.raises(OkaeriError, match=advice):
        bring(content)


@pytest.mark.parametrize("order", [("dmy", "2021-06-05"), ("mdy", "2021-05-06")])
def test_an_ambiguous_order_of_day_and_month_is_what_the_user_says(
    shop: Workspace, bring: Import, order: tuple[str, str]
) -> None:
    bring("order_id,customer_id,date,amount\n1,Aki,05/06/2021,1\n", date_order=order[0])

    assert rows(shop, "strftime(ordered_at + interval 9 hour, '%Y-%m-%d')") == [(order[1],)]


def test_a_column_that_proves_its_order_needs_no_question(shop: Workspace, bring: Import) -> None:
    bring("order_id,customer_id,date,amount\n1,Aki,05/06/2021,1\n2,Aki,27/12/2021,1\n")

    assert rows(shop, "strftime(ordered_at + interval 9 hour, '%m-%d')") == [("06-05",), ("12-27",)]


@pytest.mark.parametrize("name", ["orders[1].csv", "orders*.csv", "it's 注文 (1).csv"])
def test_a_file_name_is_never_taken_for_a_pattern(bring: Import, name: str) -> None:
    assert bring(ORDERS + "1,Aki,2024-01-05,1\n", name=name).new == 1


def test_an_empty_workbook_says_what_to_do(bring: Import, tmp_path: Path) -> None:
    from openpyxl import Workbook

    Workbook().save(tmp_path / "book.xlsx")

    with pytest.raises(OkaeriError, match="Export it again"):
        bring((tmp_path / "book.xlsx").read_bytes(), name="empty.xlsx")


def test_lines_that_end_in_two_ways_are_read_alike(bring: Import) -> None:
    """A header written by one system above rows of another."""
    summary = bring(b"order_id,customer_id,date,amount\n1,aki,2024-01-01,3\r\n2,chiyo,2024-01-02,4\r\n")

    assert (summary.new, summary.quarantined) == (2, 0)

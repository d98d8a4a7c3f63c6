"""Numbers, currencies, dates and flags as people write them in three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = duckdb.DuckDBPyConnection
few = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(words: Connection, macro: str, text: str, column: str) -> Any:
    words.execute("create or replace temp table texts as select ?::varchar as x", [text])
    row = words.execute(f"select {column} from {macro}").fetchone()
    assert row is not None
    return row[0]


def number(words: Connection, text: str, column: str = "point") -> Any:
    return read(words, "okaeri_read_numbers('texts', 'JPY', 'USD')", text, column)


def moment(words: Connection, text: str, column: str = "dmy") -> Any:
    return read(words, "okaeri_read_dates('texts')", text, column)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", 1234.5), ("¥1,200", 1200), ("￥1,200", 1200), ("1,200円", 1200), ("12,000원", 12000),
        ("₩12,000", 12000), ("１２３", 123), ("１，２３４．５", 1234.5), ("(12.00)", -12), ("12.00-", -12), ("-5", -5),
        ("－５", -5), ("▲1,000", -1000), ("△3", -3), ("$-7", -7), ("-$7", -7), ("($7)", -7), ("USD 12.50", 12.5),
        ("1,23,456.7", 123456.7), ("1 234", 1234), ("1'234.50", 1234.5), ("+7", 7), (".5", 0.5),
        ("12만", None), ("1千", None), ("--5", None), ("1 2", None), ("1,23", None), ("12.3.4", None), ("abc", None),
        ("", None), ("1e999", None), ("５５円円", 55),
    ],
)  # fmt: skip
def test_a_number_with_a_decimal_point_is_read_or_refused(words: Connection, text: str, value: float | None) -> None:
    assert number(words, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,50", 1234.5), ("12,5", 12.5), ("1.234", 1234), ("€ 1.234.567", 1234567), ("0,125-", -0.125)],
)
def test_a_number_with_a_decimal_comma_is_read(words: Connection, text: str, value: float) -> None:
    assert number(words, text, "comma") == value


@pytest.mark.parametrize(
    ("text", "value"), [("1.234", None), ("1,234", None), ("1.234,5", 1234.5), ("1,234.5", 1234.5)]
)
def test_where_both_signs_occur_only_clear_numbers_are_read(words: Connection, text: str, value: float | None) -> None:
    assert number(words, text, "either") == value


@pytest.mark.parametrize(
    ("text", "coin"),
    [("¥1,200", "JPY"), ("1,200円", "JPY"), ("12,000원", "KRW"), ("US$5", "USD"), ("$5", "USD"), ("€5", "EUR"),
     ("5 GBP", "GBP"), ("NT$5", "TWD"), ("5元", "CNY"), ("(5)", None)],
)  # fmt: skip
def test_a_sign_or_code_tells_the_currency(words: Connection, text: str, coin: str | None) -> None:
    assert number(words, text, "coin") == coin


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021-12-27", "2021-12-27 00:00"), ("2021/12/27", "2021-12-27 00:00"), ("2021.12.27", "2021-12-27 00:00"),
        ("20211227", "2021-12-27 00:00"), ("202112271530", "2021-12-27 15:30"), ("2021. 12. 27.", "2021-12-27 00:00"),
        ("２０２１／１２／２７", "2021-12-27 00:00"), ("2021年12月27日", "2021-12-27 00:00"),
        ("2021年1月5日(火)", "2021-01-05 00:00"),
        ("2021년 12월 27일", "2021-12-27 00:00"), ("2021年12月27日 15時30分", "2021-12-27 15:30"),
        ("2021年12月27日 午後3時", "2021-12-27 15:00"), ("2021년 12월 27일 오후 3:05", "2021-12-27 15:05"),
        ("2021-12-27 오전 12:05", "2021-12-27 00:05"), ("27/12/2021", "2021-12-27 00:00"),
        ("27.12.2021 9:05 PM", "2021-12-27 21:05"),
        ("27 Dec 2021", "2021-12-27 00:00"), ("27-DEC-2021", "2021-12-27 00:00"),
        ("Dec 27, 2021 9:05 pm", "2021-12-27 21:05"),
        ("27th December 2021", "2021-12-27 00:00"), ("Mon, 27 Dec 2021 10:00:00 GMT", "2021-12-27 10:00"),
        ("2021-12-27T10:00:00+09:00", "2021-12-27 10:00"), ("2021-12-27 12:00 AM", "2021-12-27 00:00"),
        ("2021-02-30", None), ("2021-13-01", None), ("2021-12-27 25:00", None), ("2021-12-27 10:61", None),
        ("2021-12-27 13:00 PM", None), ("2021-12-27 9", None), ("1021-12-27", None), ("tomorrow", None), ("", None),
    ],
)  # fmt: skip
def test_a_date_is_read_or_refused(words: Connection, text: str, value: str | None) -> None:
    found = moment(words, text)

    assert (found and found.strftime("%Y-%m-%d %H:%M")) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和6年4月1日", "2024-04-01"), ("R6.4.1", "2024-04-01"), ("Ｒ６．４．１", "2024-04-01"),
        ("令和６年４月１日", "2024-04-01"), ("令和06年04月01日(月)", "2024-04-01"), ("R6.04.01 15:30", "2024-04-01"),
        ("平成31年4月30日", "2019-04-30"), ("H31/4/30", "2019-04-30"), ("h31-4-30", "2019-04-30"),
        ("令和元年5月1日", "2019-05-01"), ("㋿元年5月1日", "2019-05-01"), ("昭和64年1月7日", "1989-01-07"),
        ("S64.1.7", "1989-01-07"), ("大正元年7月30日", "1912-07-30"), ("M45.7.29", "1912-07-29"),
        ("令和元年", None), ("令和6年13月1日", None), ("令和6年2月30日", None), ("R6", None), ("X6.4.1", None),
        ("Mar 5, 2021", "2021-03-05"), ("Sep 5, 2021", "2021-09-05"),
    ],
)  # fmt: skip
def test_a_japanese_era_is_read_as_the_years_it_stands_for(words: Connection, text: str, day: str | None) -> None:
    found = moment(words, text)

    assert (found and found.strftime("%Y-%m-%d")) == day
    assert not moment(words, text, "has_short_year")


@few
@given(day=st.dates(date(2019, 5, 1), date(2116, 12, 31)), wide=st.booleans())
def test_every_day_of_an_era_comes_back(words: Connection, day: date, wide: bool) -> None:
    text = f"令和{day.year - 2018}年{day.month}月{day.day}日"

    assert moment(words, text.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if wide else text) == (
        datetime.combine(day, datetime.min.time())
    )


@pytest.mark.parametrize("coin", ["JPY", "KRW"])
@pytest.mark.parametrize(("text", "value"), [("\\1,200", 1200), ("-\\5", -5), ("(\\7)", -7)])
def test_a_backslash_is_the_sign_it_was_typed_for(words: Connection, text: str, value: float, coin: str) -> None:
    macro = f"okaeri_read_numbers('texts', 'JPY', 'USD', backslash := '{coin}')"

    assert (read(words, macro, text, "point"), read(words, macro, text, "coin")) == (value, coin)


def test_a_backslash_that_stands_for_no_money_is_no_part_of_a_number(words: Connection) -> None:
    assert number(words, "\\1,200") is None


@pytest.mark.parametrize("text", ["NaN", "nan", " NaN ", "null", "N/A", "#N/A", "None", "-", "", "  "])
def test_a_word_for_nothing_is_nothing(words: Connection, text: str) -> None:
    row = words.execute("select okaeri_id(?)", [text]).fetchone()

    assert row == (None,)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2021-12-27T10:00:00+09:00", 540), ("2021-12-27 10:00-0330", -210), ("2021-12-27 10:00Z", 0),
     ("2021-12-27 10:00 KST", 540), ("2021-12-27 10:00", None), ("2021-12-27", None)],
)  # fmt: skip
def test_a_stated_zone_is_seen(words: Connection, text: str, minutes: int | None) -> None:
    assert moment(words, text, "offset_minutes") == minutes


@pytest.mark.parametrize("text", ["1640563200", "1640563200000", "1640563200000000"])
def test_unix_time_is_read(words: Connection, text: str) -> None:
    assert moment(words, text, "unix") == datetime(2021, 12, 27)


@pytest.mark.parametrize(
    ("text", "flag"), [("はい", True), ("아니요", False), ("yes", True), ("0", False), ("perhaps", None)]
)
def test_yes_and_no_are_read(words: Connection, text: str, flag: bool | None) -> None:
    row = words.execute("select okaeri_flag(?)", [text]).fetchone()

    assert row == (flag,)


@few
@given(cents=st.integers(-(10**12), 10**12), wide=st.booleans())
def test_every_written_amount_comes_back(words: Connection, cents: int, wide: bool) -> None:
    english = f"{cents / 100:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    text = english.translate(str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")) if wide else english

    assert number(words, text) == cents / 100
    assert number(words, german, "comma") == cents / 100


@few
@given(
    at=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(lambda at: at.replace(microsecond=0)),
    form=st.sampled_from(
        [
            "%Y/%m/%d %H:%M:%S",
            "%Y年%m月%d日 %H時%M分%S秒",
            "%Y년 %m월 %d일 %H:%M:%S",
            "%d %b %Y %I:%M:%S %p",
            "%Y%m%d%H%M%S",
        ]
    ),
)
def test_every_written_moment_comes_back(words: Connection, at: datetime, form: str) -> None:
    assert moment(words, at.strftime(form)) == at


@few
@given(day=st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_day_and_month_are_never_exchanged(words: Connection, day: date) -> None:
    start = datetime.combine(day, datetime.min.time())

    assert moment(words, day.strftime("%d/%m/%Y"), "dmy") == start
    assert moment(words, day.strftime("%m/%d/%Y"), "mdy") == start
    assert moment(words, day.strftime("%d/%m/%Y"), "needs_order") is (day.day != day.month)


@few
@given(
    seconds=st.integers(0, 4 * 10**9),
    zone=st.sampled_from(["America/New_York", "Asia/Seoul", "Pacific/Apia", "America/Sao_Paulo", "Asia/Tokyo"]),
)
def test_local_time_becomes_the_same_instant_as_in_python(words: Connection, seconds: int, zone: str) -> None:
    from zoneinfo import ZoneInfo

    from okaeri.facts.reading.zones import to_utc

    local = datetime(1990, 1, 1) + timedelta(seconds=seconds)
    row = words.execute(f"select {to_utc('t', zone)} from (select ?::timestamp as t)", [local]).fetchone()

    assert row == (local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None),)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2021-11-07 01:30", "2021-11-07 05:30"),
        ("2021-03-14 02:30", "2021-03-14 07:30"),
        ("2021-03-14 03:30", "2021-03-14 07:30"),
    ],
)
def test_a_time_that_comes_twice_means_the_first_and_one_that_never_comes_the_offset_before(
    words: Connection, local: str, utc: str
) -> None:
    from okaeri.facts.reading.zones import to_utc

    row = words.execute(
        f"select strftime({to_utc('t', 'America/New_York')}, '%Y-%m-%d %H:%M') from (select ?::timestamp as t)", [local]
    ).fetchone()

    assert row == (utc,)

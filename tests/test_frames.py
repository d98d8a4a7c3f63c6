"""Tables people already have: pandas, Polars, Arrow or a file, all read the same way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar
from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.frames import as_arrow

ROWS: dict[str, list[Any]] = {
    "customer_id": ["aki", "aki", "min-jun", "chiyo", "chiyo"],
    "ordered_at": [datetime(2024, month, 3, hour) for month, hour in ((1, 1), (2, 12), (2, 23), (3, 0), (5, 9))],
    "amount": [10.0, 20.0, 5.0, 8.0, -2.0],
    "currency": ["JPY"] * 5,
}
ARROW = pa.table(ROWS)


def months(orders: Any, *, zone: str = "UTC") -> list[tuple[str, int]]:
    """The months with orders in a calendar's zone."""
    result = ok.measure("apv", orders=orders, calendar=Calendar(zone=zone))
    return [(m.period.label, m.inputs["orders"]) for m in result.measurements if m.period and m.inputs["orders"]]


@pytest.mark.parametrize("metric", ["crr", "cohort", "clv_historical", "survival"])
def test_pandas_polars_arrow_and_parquet_give_the_same_rows(metric: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(ARROW, path)
    given = [ARROW, ROWS, pd.DataFrame(ROWS), pl.DataFrame(ROWS), ARROW.to_reader().read_all(), path, str(path)]

    answers = [ok.measure(metric, orders=orders).rows for orders in given]

    assert answers[0]
    assert all(rows == answers[0] for rows in answers[1:])


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_customers_and_contracts_may_come_in_any_kind_of_table(frame: Any) -> None:
    contracts = {
        "customer_id": ["aki", "chiyo"],
        "started_at": ["2024-01-05", "2024-01-09"],
        "ended_at": ["2024-02-20", None],
    }
    people = {"customer_id": ["aki", "chiyo", "zoe"], "home town": ["京都", "서울", None], "age": [30, 40, None]}

    result = ok.measure(
        "churn", subscriptions=frame(contracts), customers=frame(people), segment="home town", start=date(2024, 2, 1)
    )

    assert [(m.segment, m.value) for m in result.measurements if m.value is not None] == [("京都", 1.0), ("서울", 0.0)]


def test_a_naive_time_is_what_clocks_in_the_calendars_zone_show() -> None:
    orders = {"customer_id": ["aki"], "ordered_at": [datetime(2024, 1, 31, 23, 30)]}
    aware = {"customer_id": ["aki"], "ordered_at": [datetime(2024, 1, 31, 23, 30, tzinfo=UTC)]}

    for zone in ("Asia/Tokyo", "America/New_York"):
        assert months(orders, zone=zone) == [("2024-01", 1)]
    assert months(aware, zone="Asia/Tokyo") == [("2024-02", 1)]
    assert months(pd.DataFrame(aware), zone="Asia/Tokyo") == [("2024-02", 1)]


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2024-01-31", "2024-01"),
        ("2024-01-31 23:30", "2024-01"),
        ("2024-01-31T23:30:00Z", "2024-02"),
        ("2024-02-01T00:30:00+09:00", "2024-02"),
        ("2024-02-01 00:30:00.5+11", "2024-01"),
        ("2024-01-31 09:30:00-0800", "2024-02"),
    ],
)
def test_text_that_says_its_offset_is_believed_and_other_text_is_local(written: str, month: str) -> None:
    assert months({"customer_id": ["aki"], "ordered_at": [written]}, zone="Asia/Tokyo") == [(month, 1)]


def test_days_without_a_time_are_local_days() -> None:
    orders = pa.table({"customer_id": ["aki"], "ordered_at": pa.array([date(2024, 2, 1)])})

    assert months(orders, zone="America/Los_Angeles") == [("2024-02", 1)]


def test_a_negative_amount_is_a_return_and_no_purchase() -> None:
    result = ok.measure("apv", orders=ROWS, by="all")

    assert {name: result.rows[0]["inputs"][name] for name in ("orders", "revenue")} == {"orders": 4, "revenue": 41.0}


def test_points_without_a_kind_are_earned_and_spend_needs_its_amount() -> None:
    points = {"customer_id": ["aki"], "points": [5.0], "booked_at": [datetime(2024, 1, 3)]}
    spend = {"spent_on": [date(2024, 1, 3)], "channel": ["search"]}

    found = ok.measure("redemption_ever", points=points, by="all").measurements[0]

    assert found.inputs["points_issued"] == 5.0
    with pytest.raises(OkaeriError, match="no column amount"):
        ok.measure("cac", orders=ARROW, spend=spend)


def test_numbers_may_be_names_and_text_may_be_numbers() -> None:
    orders = {"customer_id": [7, 7], "ordered_at": ["2024-01-01", "2024-01-02"], "amount": ["10", "-4.5"]}

    assert ok.measure("apv", orders=orders, by="all").rows[0]["inputs"]["revenue"] == 5.5


@pytest.mark.parametrize("missing", ["customer_id", "ordered_at"])
def test_a_missing_column_is_named_and_so_are_those_there_are(missing: str) -> None:
    others = [name for name in ROWS if name != missing]

    with pytest.raises(OkaeriError, match=rf"orders have no column {missing}\. Rename one of: {', '.join(others)}\."):
        ok.measure("crr", orders=ARROW.select(others))


@pytest.mark.parametrize(
    ("column", "cells"), [("ordered_at", ["soon"] * 5), ("amount", ["12,5"] * 5), ("amount", ["free"] * 5)]
)
def test_a_cell_that_cannot_be_read_is_shown(column: str, cells: list[str]) -> None:
    with pytest.raises(OkaeriError, match=rf"(?s)orders cannot be read.*{cells[0]}.*Give amounts as numbers"):
        ok.measure("crr", orders={**ROWS, column: cells})


def test_a_customer_named_twice_is_refused_and_not_counted_twice() -> None:
    people = {"customer_id": ["aki", "chiyo", "aki"], "plan": ["pro", "pro", "free"]}

    with pytest.raises(OkaeriError, match=r"'aki' more than once\. Keep one row per customer"):
        ok.measure("crr", orders=ROWS, customers=people, segment="plan")


@pytest.mark.parametrize("thing", [3, object(), [1, 2]])
def test_what_is_no_table_is_refused(thing: object) -> None:
    with pytest.raises(OkaeriError, match="Give a pandas, Polars or Arrow table"):
        as_arrow(thing)


def test_a_file_that_is_not_there_or_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("a,b\n1,2\n")

    with pytest.raises(OkaeriError, match=r"There is no file .*gone\.parquet\. Give the path of a Parquet file"):
        ok.measure("crr", orders=tmp_path / "gone.parquet")
    with pytest.raises(OkaeriError, match=r"orders\.csv cannot be read.*Give the path of a Parquet file"):
        ok.measure("crr", orders=tmp_path / "orders.csv")


def test_no_rows_are_no_facts() -> None:
    with pytest.raises(NothingUsable, match=r"hold nothing to measure\. Give at least one table with a row"):
        ok.measure("crr", orders=ARROW.slice(0, 0))


def test_an_empty_cell_is_what_a_missing_column_is() -> None:
    rows = {"customer_id": ["aki", "aki"], "ordered_at": ["2024-03-01", "2024-03-02"], "amount": [10.0, -4.0]}

    empty, missing = (
        ok.measure("repeat_rate", orders=pa.table({**rows, **more}), by="all").measurements[0]
        for more in ({"kind": pa.array([None, None], pa.string())}, {})
    )

    assert empty == missing
    assert empty.inputs == {"one_time": 1, "repeat": 0, "customers": 1}

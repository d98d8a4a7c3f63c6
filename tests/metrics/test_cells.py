"""Rows become measurements: every cell is there, money stays apart by currency, and nothing is made up."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Grain
from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Interval, State
from okaeri.base.text import Text
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric
from okaeri.metrics.presence import ROWS
from okaeri.metrics.rows import ROW_SPLITS, rows_sql


def the_count(metric: Metric, row: Row) -> Cell:
    if not row:
        return Cell(value=None, n=0, reason=Text("Nothing came."), interval=Interval(low=1, high=None, method="bound"))
    return Cell(value=row["n"], n=row["n"])


COUNT = Metric(
    id="count",
    label=Text("Count"),
    unit=Unit.COUNT,
    better=None,
    needs=(),
    query="",
    definition=Text(""),
    formula=Text(""),
    interval="none",
    source="",
    example=Example(inputs={}, expect=0),
    measure=measure_cells,
    extra={"cell": the_count},
)
CONTEXT = MetricContext(
    periods=Calendar().periods(Grain.MONTH, first=date(2024, 1, 1), last=date(2024, 3, 9)),
    cutoff=date(2024, 3, 10),
    presence=ROWS,
    segments=("a", "b"),
)
ROWS_OF_A = [
    {"segment": "a", "period": 0, "currency": "KRW", "n": 5},
    {"segment": "a", "period": 0, "currency": "JPY", "n": 3},
    {"segment": "a", "period": 2, "currency": "JPY", "n": 4},
]


def test_every_segment_and_period_has_a_cell_and_every_currency_its_own() -> None:
    found = measure_cells(COUNT, pa.Table.from_pylist(ROWS_OF_A), CONTEXT)

    shape = [(m.segment, m.period.label if m.period else "", m.currency, m.value) for m in found]
    assert shape == [
        ("a", "2024-01", "JPY", 3),
        ("a", "2024-01", "KRW", 5),
        ("a", "2024-02", None, None),
        ("a", "2024-03", "JPY", 4),
        *(("b", f"2024-0{month}", None, None) for month in (1, 2, 3)),
    ]


def test_a_period_that_is_not_over_is_partial_and_a_missing_cell_says_why() -> None:
    found = measure_cells(COUNT, pa.Table.from_pylist(ROWS_OF_A), CONTEXT)

    assert [m.state for m in found[:4]] == [State.COMPLETE, State.COMPLETE, State.UNDEFINED, State.PARTIAL]
    assert str(found[2].reason) == "Nothing came."


def test_a_bound_without_a_value_is_kept() -> None:
    found = measure_cells(COUNT, pa.Table.from_pylist(ROWS_OF_A), CONTEXT)

    assert found[2].interval == Interval(low=1, high=None, method="bound")


def test_rows_carry_their_own_column_or_the_segment_of_their_customer() -> None:
    own = rows_sql("ticket_rows", "select * from t", split="agent")
    of_customer = rows_sql("ticket_rows", "select * from t", split=None)

    assert "coalesce(r.agent, '') as segment" in own and "segments" not in own
    assert "join segments g on g.customer = r.customer" in of_customer
    assert set(ROW_SPLITS) >= {"answer_rows", "ticket_rows", "spend_rows"}


def test_a_figure_without_its_table_says_which_to_import() -> None:
    events = {"customer_id": ["aki"], "occurred_at": ["2024-01-05"], "name": ["visit"]}

    with pytest.raises(OkaeriError, match="--as orders"):
        ok.measure("apv", events=events)


def test_a_return_in_another_currency_is_not_added_to_the_main_one() -> None:
    orders = {
        "customer_id": ["aki", "aki"],
        "ordered_at": ["2024-01-05", "2024-01-09"],
        "amount": [40.0, -9.0],
        "currency": ["JPY", "USD"],
        "kind": ["purchase", "return"],
    }

    found = ok.measure("customer_value", orders=orders, by="all").measurements

    assert [(m.currency, m.inputs["revenue"]) for m in found] == [("JPY", 40.0), ("USD", -9.0)]


def test_the_sql_of_a_result_holds_every_view_it_reads_once_and_in_order() -> None:
    orders = {"customer_id": ["aki", "min-jun"], "ordered_at": ["2024-01-05", "2024-03-09"], "amount": [4.0, 9.0]}

    sql = ok.measure("clv_historical", orders=orders, by="all").sql

    names = [line.split()[2] for line in sql.splitlines() if line.startswith("create view")]
    assert sorted(names) == ["repeat_lives", "segments", "spending"]
    assert names.index("segments") < names.index("repeat_lives")

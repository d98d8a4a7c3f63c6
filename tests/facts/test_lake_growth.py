"""A lake written under a contract that has gained columns since: old files and new ones are one table."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from okaeri.base.errors import OkaeriError
from okaeri.facts.contracts import TABLES
from okaeri.facts.importing import import_file
from okaeri.facts.lake import Lake
from okaeri.facts.shapes import rows_of, shapes
from okaeri.facts.workspace import Workspace
from okaeri.metrics.catalogue import METRICS
from okaeri.opening import open_facts, state_of
from tests.facts.lakes import NOON, batch, order, query
from tests.facts.test_lake_processes import WRITER, process

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ANSWERS = """answer_id,customer_id,instrument,score,answered_at
a1,Hana,nps,9,2026-01-05
a2,Jun,nps,3,2026-01-06
a3,Sora,csat,5,2026-02-07
"""
ORDERS = "order_id,customer_id,ordered_at,amount\no1,Hana,2026-01-05,10\no2,Jun,2026-02-06,20\n"


@contextmanager
def before_columns(*columns: str, table: str) -> Iterator[None]:
    """The time before a contract had some columns."""
    today = TABLES[table]
    TABLES[table] = replace(today, columns=tuple(c for c in today.columns if c.name not in columns), rules=())
    try:
        yield
    finally:
        TABLES[table] = today


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def land(lake: Lake, *names: str, batch_id: str, **changed: Any) -> tuple[int, int, int]:
    columns = TABLES["orders"].names
    told = [{k: v for k, v in {**order(name), **changed}.items() if k in columns} for name in names]
    landing = lake.land("orders", batch(told), batch_id=batch_id, now=NOON)
    return landing.new, landing.replaced, landing.unchanged


@pytest.fixture
def grown(lake: Lake) -> Lake:
    """Two old files without `margin` and `kind`."""
    with before_columns("margin", "kind", table="orders"):
        land(lake, "1", "2", batch_id="a")
        land(lake, "3", customer_id="Jun", batch_id="b")
    return lake


def told(lake: Lake, *, as_of: int | None = None) -> list[tuple[Any, ...]]:
    files = lake.files("orders", as_of=as_of)
    return query(f"select order_id, margin, kind from {rows_of(TABLES['orders'], files)} order by 1", files)


def lacking(lake: Lake) -> list[set[str]]:
    return sorted((set(shape.lacks) for shape in lake.shapes("orders")), key=len)


def test_old_rows_have_what_an_empty_cell_becomes(grown: Lake) -> None:
    assert told(grown) == [(name, None, "purchase") for name in "123"]


def test_new_rows_land_beside_old_ones_with_every_column(grown: Lake) -> None:
    counts = land(grown, "4", margin=2.5, kind="return", batch_id="c")

    assert counts == (1, 0, 0)
    assert told(grown) == [*((name, None, "purchase") for name in "123"), ("4", 2.5, "return")]
    assert lacking(grown) == [set(), {"margin", "kind"}]


def test_old_rows_that_come_again_are_unchanged_and_stay_where_they_are(grown: Lake) -> None:
    files = grown.files("orders")

    counts = land(grown, "1", "2", batch_id="c")

    assert counts == (0, 0, 2)
    assert grown.files("orders") == files


def test_an_old_row_that_comes_with_a_value_for_the_new_column_is_replaced(grown: Lake) -> None:
    counts = land(grown, "1", margin=4.0, batch_id="c")

    assert counts == (0, 1, 0)
    assert told(grown) == [("1", 4.0, "purchase"), ("2", None, "purchase"), ("3", None, "purchase")]


def test_a_batch_that_landed_under_the_old_contract_still_lands_only_once(grown: Lake) -> None:
    again = grown.land("orders", batch([order("1"), order("2")]), batch_id="a", now=NOON)

    assert again.repeated


def test_earlier_versions_stay_readable(grown: Lake) -> None:
    old = grown.version("orders")

    land(grown, "1", "4", margin=4.0, batch_id="c")

    assert told(grown, as_of=old) == [(name, None, "purchase") for name in "123"]


def test_an_empty_value_that_was_written_is_not_mistaken_for_a_missing_one(grown: Lake) -> None:
    land(grown, "4", kind=None, batch_id="c")

    assert told(grown)[-1] == ("4", None, None)


def test_compacting_gives_old_rows_the_new_columns(grown: Lake) -> None:
    land(grown, "4", margin=2.5, batch_id="c")
    before = told(grown)

    grown.compact("orders")

    (file,) = grown.files("orders")
    assert pq.read_schema(file).names == list(TABLES["orders"].names)
    assert told(grown) == before
    assert lacking(grown) == [set()]


def test_compacting_an_old_lake_is_the_first_thing_that_may_happen(grown: Lake) -> None:
    grown.compact("orders")

    assert told(grown) == [(name, None, "purchase") for name in "123"]
    assert DeltaTable(str(grown.path / "orders")).to_pyarrow_table().column_names == list(TABLES["orders"].names)


def test_erasing_gives_the_rows_that_stay_the_new_columns(grown: Lake) -> None:
    land(grown, "4", customer_id="Jun", batch_id="c")
    land(grown, "2", customer_id="Jun", batch_id="d")

    receipt = grown.forget("Hana", now=NOON)

    assert receipt.rows == {"orders": 1}
    assert told(grown) == [(name, None, "purchase") for name in "234"]
    on_disk = [str(path) for path in (grown.path / "orders").glob("*.parquet")]
    assert {name for (name,) in query("select distinct customer_id from lake", on_disk)} == {"Jun"}


def test_any_delta_reader_sees_the_new_columns(grown: Lake) -> None:
    land(grown, "4", margin=2.5, batch_id="c")

    rows = DeltaTable(str(grown.path / "orders")).to_pyarrow_table().sort_by("order_id")

    assert rows["margin"].to_pylist() == [None, None, None, 2.5]


def test_a_table_grows_once(grown: Lake) -> None:
    land(grown, "4", batch_id="c")
    version = grown.version("orders")

    land(grown, "5", batch_id="d")

    assert version is not None
    assert grown.version("orders") == version + 1


def test_a_table_that_never_grew_is_known_without_a_look_at_its_files(lake: Lake) -> None:
    land(lake, "1", batch_id="a")
    for path in lake.files("orders"):
        Path(path).write_bytes(b"")

    (shape,) = lake.shapes("orders")

    assert (shape.paths, shape.lacks) == (lake.files("orders"), frozenset())


def test_an_older_version_does_not_write_where_a_newer_one_has_columns_it_would_lose(lake: Lake) -> None:
    land(lake, "1", "2", margin=4.0, batch_id="a")

    with before_columns("margin", table="orders"):
        assert [shape.lacks for shape in lake.shapes("orders")] == [frozenset()]
        with pytest.raises(OkaeriError, match="does not know: margin") as refused:
            land(lake, "3", batch_id="b")

    assert "Update okaeri" in str(refused.value.advice)
    assert told(lake) == [("1", 4.0, "purchase"), ("2", 4.0, "purchase")]


def test_files_are_grouped_by_what_they_lack(grown: Lake) -> None:
    with before_columns("kind", table="orders"):
        land(grown, "4", batch_id="c")
    land(grown, "5", batch_id="d")

    assert lacking(grown) == [set(), {"kind"}, {"margin", "kind"}]
    assert len(shapes(TABLES["orders"], grown.files("orders"))) == 3


def test_three_processes_that_meet_an_old_lake_at_once_make_it_grow_and_lose_nothing(grown: Lake) -> None:
    names = ("aki", "minjun", "chiyo")

    writers = [process(WRITER.format(name=name, batches=3), grown.path) for name in names]
    said = [each.communicate(timeout=120) for each in writers]

    assert [errors for _, errors in said] == ["", "", ""]
    assert sum(int(line) for out, _ in said for line in out.split()) == 3 * 5 * 4
    assert len(told(grown)) == 3 * 5 * 4 + 3


def test_processes_that_ignore_the_lock_make_an_old_lake_grow_and_lose_nothing(grown: Lake) -> None:
    unlocked = """
import okaeri.facts.locks as locks; import os
from okaeri.facts.places import Places
locks._lock = lambda *a, **k: True
Places.scratch = lambda self, table: self.root / ".scratch" / f"{table}-{os.getpid()}"
"""

    writers = [
        process(unlocked + textwrap.dedent(WRITER.format(name=name, batches=3)), grown.path)
        for name in ("aki", "minjun")
    ]
    said = [each.communicate(timeout=120) for each in writers]

    assert [errors for _, errors in said] == ["", ""]
    assert len(told(grown)) == 3 * 5 * 3 + 3


def bring(shop: Workspace, text: str, *, table: str, name: str = "file.csv") -> tuple[int, int, int]:
    path = shop.path.parent / name
    path.write_text(text)
    summary = import_file(shop, path, table=table, now=NOW)
    return summary.new, summary.replaced, summary.unchanged


@pytest.fixture
def old_shop(tmp_path: Path) -> Workspace:
    """A workspace of the time before answers had a scale and orders a margin."""
    shop = Workspace.create(tmp_path / "shop", zone="Asia/Tokyo", currency="JPY")
    with before_columns("scale", table="answers"), before_columns("margin", table="orders"):
        bring(shop, ANSWERS, table="answers")
        bring(shop, ORDERS, table="orders")
    return shop


def values(shop: Workspace, metric: str, *, as_of: datetime | None = None) -> dict[str, float | None]:
    measured = open_facts(shop, now=NOW, as_of=as_of).measure(metric, by="month")
    return {str(each.period.start): each.value for each in measured.measurements if each.period}


def test_a_metric_that_reads_the_new_column_measures_an_old_workspace(old_shop: Workspace) -> None:
    assert values(old_shop, "nps")["2026-01-01"] == 0.0


def test_the_same_file_of_an_old_workspace_comes_again_unchanged(old_shop: Workspace) -> None:
    again = bring(old_shop, ANSWERS + "a4,Sora,nps,10,2026-01-09\n", table="answers")

    assert again == (1, 0, 3)
    assert values(old_shop, "nps")["2026-01-01"] == pytest.approx(100 / 3)


def test_a_file_with_the_new_column_lands_in_an_old_workspace(old_shop: Workspace) -> None:
    told = "answer_id,customer_id,instrument,score,scale,answered_at\na5,Hana,csat,7,7,2026-02-09\n"

    assert bring(old_shop, told, table="answers") == (1, 0, 0)
    assert values(old_shop, "csat")["2026-02-01"] == 1.0


def test_every_metric_measures_a_workspace_of_old_and_new_files(old_shop: Workspace) -> None:
    bring(old_shop, "order_id,customer_id,ordered_at,amount,margin\no3,Hana,2026-02-09,30,3\n", table="orders")
    bring(old_shop, ANSWERS.replace("a", "b"), table="answers")
    measurer = open_facts(old_shop, now=NOW)

    measured = {name: measurer.measure(name).rows for name in METRICS if measurer.can(name)}

    assert {"nps", "csat", "apv"} <= {name for name, rows in measured.items() if rows}


def test_the_derived_tables_take_in_new_files_beside_old_ones(old_shop: Workspace) -> None:
    open_facts(old_shop, now=NOW)
    bring(old_shop, "order_id,customer_id,ordered_at,amount,margin\no3,Hana,2026-02-09,30,3\n", table="orders")

    engine = open_facts(old_shop, now=NOW).engine

    total = engine.query("select cast(sum(orders) as integer) as orders from customer_totals").to_pylist()
    assert total == [{"orders": 3}]


def test_a_moment_before_the_table_grew_is_measured_as_it_was(old_shop: Workspace) -> None:
    moment = datetime(2026, 4, 2, tzinfo=UTC)
    path = old_shop.path.parent / "more.csv"
    path.write_text("answer_id,customer_id,instrument,score,scale,answered_at\nb1,Hana,nps,10,10,2026-01-09\n")
    import_file(old_shop, path, table="answers", now=datetime(2026, 4, 3, tzinfo=UTC))

    assert values(old_shop, "nps", as_of=moment)["2026-01-01"] == 0.0
    assert values(old_shop, "nps")["2026-01-01"] == pytest.approx(100 / 3)
    assert dict(state_of(old_shop).versions)["answers"] > 1

"""DuckDB keeps to its limits, and all SQL in the package runs there and on Spark."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import ErrorLevel, exp

from okaeri.engines.duckdb import DuckDB, quoted
from okaeri.engines.engine import Columns, Engine

SQL = sorted(
    path
    for room in ("okaeri.metrics", "okaeri.engines")
    for path in Path(str(files(room).joinpath("sql"))).rglob("*.sql")
)
# more than fits into LIMIT when sorted
LIMIT = "40MB"
LARGE = "select md5(cast(range as varchar)) as word, range as n from range(600000) order by word"
SHAPE = pa.schema([("n", pa.int64()), ("at", pa.timestamp("us", tz="UTC"))])


def test_duckdb_is_an_engine() -> None:
    engine: Engine = DuckDB()  # mypy is the test

    assert engine.query("select 1 as one").to_pylist() == [{"one": 1}]


def test_there_is_sql_to_check() -> None:
    assert {path.parent.name for path in SQL} >= {"sql", "prepare", "staying", "voice"}
    assert len(SQL) > 20


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_every_query_is_one_statement_that_duckdb_can_parse(path: Path) -> None:
    assert len(duckdb.connect().extract_statements(path.read_text("utf-8"))) == 1


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_every_query_means_the_same_on_spark(path: Path) -> None:
    """The translation raises for what Spark cannot do, and reads the same tables."""
    text = path.read_text("utf-8")

    (spark,) = sqlglot.transpile(text, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)

    ours, theirs = sqlglot.parse_one(text, read="duckdb"), sqlglot.parse_one(spark, read="spark")
    assert {t.name for t in ours.find_all(exp.Table)} == {t.name for t in theirs.find_all(exp.Table)}
    assert isinstance(ours, exp.Query) and isinstance(theirs, exp.Query)
    assert ours.named_selects == theirs.named_selects


def test_threads_and_memory_are_limited_as_asked(tmp_path: Path) -> None:
    engine = DuckDB(threads=1, memory_limit="200MB", spill=tmp_path / "spill")

    asked = engine.query(
        """select current_setting('threads') as threads, current_setting('memory_limit') as memory,
        current_setting('temp_directory') as spill"""
    ).to_pylist()[0]

    assert asked == {"threads": 1, "memory": "190.7 MiB", "spill": str(tmp_path / "spill")}


def test_what_does_not_fit_into_memory_is_spilled_where_it_was_told_to(tmp_path: Path) -> None:
    engine = DuckDB(threads=1, memory_limit=LIMIT, spill=tmp_path / "spill")

    rows = engine.write(LARGE, str(tmp_path / "sorted.parquet"))

    assert rows == 600_000
    assert (tmp_path / "spill").is_dir()


def test_a_spill_folder_that_cannot_hold_it_makes_the_limit_real(tmp_path: Path) -> None:
    """Without this, the test before could pass because everything fitted."""
    engine = DuckDB(threads=1, memory_limit=LIMIT, spill=tmp_path / "spill")
    engine.query("set max_temp_directory_size = '1MB'")

    with pytest.raises(duckdb.OutOfMemoryException, match="limit"):
        engine.write(LARGE, str(tmp_path / "sorted.parquet"))


def test_instants_come_back_in_utc_whatever_this_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Santiago")

    table = DuckDB().query("select timestamptz '2024-01-01 00:00:00+09' as at")

    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert table.column("at").cast(pa.int64()).to_pylist() == [
        int(datetime(2023, 12, 31, 15, tzinfo=UTC).timestamp() * 1e6)
    ]


def test_a_small_table_keeps_its_types_and_its_gaps() -> None:
    columns: Columns = {
        "n": ("bigint", [1, None]),
        "small": ("integer", [2, 3]),
        "word": ("varchar", ["O'Hara", None]),
        "yes": ("boolean", [True, False]),
        "share": ("double", [0.5, None]),
        "day": ("date", [date(2024, 2, 29), None]),
        "at": ("timestamp", [datetime(2024, 1, 1), None]),
    }
    engine = DuckDB()

    engine.put("given", columns)

    found = engine.query("select * from given order by n")
    assert found.to_pydict() == {name: values for name, (_kind, values) in columns.items()}
    assert [str(kind) for kind in found.schema.types] == [
        *("int64", "int32", "string", "bool", "double", "date32[day]", "timestamp[us]")
    ]


def test_a_small_table_may_have_no_rows() -> None:
    engine = DuckDB()

    engine.put("given", {"n": ("bigint", []), "word": ("varchar", [])})

    assert engine.query("select n, word from given").to_pylist() == []


def test_an_empty_table_keeps_the_instants_of_its_schema() -> None:
    engine = DuckDB()

    engine.scan("facts", [], schema=SHAPE)

    assert engine.query("select * from facts").schema.equals(SHAPE)


def test_taken_and_scanned_rows_are_the_rows_that_were_given(tmp_path: Path) -> None:
    rows = pa.table({"n": [3, 1], "at": pa.array([datetime(2024, 1, 1), None], pa.timestamp("us", tz="UTC"))})
    paths = [str(tmp_path / name) for name in ("it's one.parquet", "b.parquet")]
    for path in paths:
        pq.write_table(rows, path)
    engine = DuckDB()

    engine.take("taken", rows)
    engine.scan("scanned", paths, schema=SHAPE)

    counted = 'select count(*) as rows, sum(n) as n, count("at") as known'
    assert engine.query(f"{counted} from taken").to_pylist() == [{"rows": 2, "n": 4, "known": 1}]
    assert engine.query(f"{counted} from scanned").to_pylist() == [{"rows": 4, "n": 8, "known": 2}]


def test_files_may_come_and_go_under_one_name(tmp_path: Path) -> None:
    path = str(tmp_path / "one.parquet")
    pq.write_table(pa.Table.from_pylist([{"n": 1}], schema=SHAPE), path)
    engine = DuckDB()

    counts = []
    for files_now in ([path], [], [path, path]):
        engine.scan("facts", files_now, schema=SHAPE)
        counts.append(engine.query("select count(*) as n from facts").to_pylist()[0]["n"])

    assert counts == [1, 0, 2]


def test_a_defined_name_can_be_given_anew_as_view_or_table() -> None:
    engine = DuckDB()
    engine.put("source", {"n": ("bigint", [1])})
    engine.define("kept", "select n from source")
    engine.define("looked_up", "select n from source", keep=False)

    engine.put("source", {"n": ("bigint", [2])})

    assert engine.query("select k.n as kept, l.n as looked_up from kept k cross join looked_up l").to_pylist() == [
        {"kept": 1, "looked_up": 2}
    ]


@pytest.mark.parametrize("text", ["", "O'Hara", "'; drop table facts; --", "日本", "\\'"])
def test_a_quoted_text_reads_as_itself(text: str) -> None:
    assert DuckDB().query(f"select {quoted(text)} as text").to_pylist() == [{"text": text}]

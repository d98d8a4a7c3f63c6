"""On a real cluster of a master and two workers, the engine keeps the protocol as DuckDB keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.engines.derived import local_day, local_minute
from okaeri.engines.duckdb import DuckDB, quoted
from okaeri.engines.engine import Columns, Engine
from okaeri.engines.spark import Spark
from okaeri.engines.spark_session import connect, settings_of

pytestmark = pytest.mark.cluster
SHAPE = pa.schema([("n", pa.int64()), ("at", pa.timestamp("us", tz="UTC"))])
COLUMNS: Columns = {
    "n": ("bigint", [1, None, 3]),
    "small": ("integer", [2, 3, -7]),
    "word": ("varchar", ["O'Hara", None, "日本\\'"]),
    "yes": ("boolean", [True, False, None]),
    "share": ("double", [0.5, None, -1e300]),
    "day": ("date", [date(2024, 2, 29), None, date(1969, 12, 31)]),
    "seen": ("timestamp", [datetime(2024, 1, 1), None, datetime(2024, 1, 1, 0, 0, 0, 1)]),
}
ALIKE = [
    "select * from given order by n",
    "select * from given order by word desc, n",
    "select sum(n) as n, sum(share) as s, avg(small) as a, min(word) as w, max(day) as d, count(*) as c from given",
    "select small / 2 as half, cast(small // 2 as bigint) as whole, small % 2 as rest from given order by small",
    "select row_number() over (order by n) as place, n, lag(n) over (order by n) as before from given order by place",
    "select least(n, small) as low, greatest(n, small) as high, coalesce(n, 0) as known from given order by small",
    "select bit_or(small & 3) as bits, count(distinct word) as words from given",
    "select date_diff('day', date '2024-02-28', day) as days from given order by days",
    "select date_diff('second', timestamp '2023-12-31 23:59:59.9', seen) as s from given order by s",
    "select date_diff('minute', timestamp '2023-12-31 23:59:59.9', seen) as m from given order by m",
    "select date_diff('month', date '2023-12-31', day) as m, date_diff('year', date '2023-12-31', day) as y from given "
    "order by m",
    "select epoch(seen) as s, cast(seen as date) as day, "
    "cast(date_trunc('day', seen) as timestamp) as start from given order by s",
    "select cast(share as double) as s, cast(n as varchar) as t, n::double * 2 as d from given order by small",
    "select median(small) as middle, quantile_cont(small, 0.8) as high, stddev_samp(small) as spread from given",
    "select case when n > 1 then 'many' when n = 1 then 'one' end as said, n is null as gone from given order by small",
    "select * exclude (seen, day) from given where word is not null order by n",
    "select word || '!' as loud, upper(word) as high, length(word) as size from given order by n",
    "select timestamptz '2024-01-01 00:00:00+09' as u, timezone('Asia/Seoul', timestamptz '2024-01-01') as l",
]


@pytest.fixture(scope="module")
def spark(spark_section: dict[str, str]) -> Iterator[Spark]:
    engine = Spark(spark_section)
    yield engine
    engine.close()


def test_spark_is_an_engine(spark: Spark) -> None:
    engine: Engine = spark  # mypy is the test

    assert engine.query("select 1 as one").to_pylist() == [{"one": 1}]


@pytest.mark.parametrize("sql", ALIKE)
def test_a_query_gives_the_rows_and_the_types_that_duckdb_gives(spark: Spark, sql: str) -> None:
    embedded = DuckDB()
    for engine in (embedded, spark):
        engine.put("given", COLUMNS)

    ours, theirs = embedded.query(sql), spark.query(sql)

    assert theirs.to_pylist() == ours.to_pylist()
    assert list(map(_kind, theirs.schema)) == list(map(_kind, ours.schema))


def _kind(field: pa.Field) -> str:
    """DuckDB adds whole numbers up in 128 bits, which Spark does not have."""
    return "int64" if pa.types.is_decimal128(field.type) and field.type.scale == 0 else str(field.type)


def test_a_small_table_may_have_no_rows(spark: Spark) -> None:
    spark.put("nothing", {"n": ("bigint", []), "word": ("varchar", [])})

    assert spark.query("select n, word from nothing").to_pylist() == []


def test_an_empty_table_keeps_the_instants_of_its_schema(spark: Spark) -> None:
    spark.scan("facts", [], schema=SHAPE)

    assert spark.query("select * from facts").schema.equals(SHAPE)


def test_taken_and_scanned_rows_are_the_rows_that_were_given(spark: Spark, tmp_path: Path) -> None:
    """Spark reads brackets and stars in a path as patterns unless it is told not to."""
    rows = pa.table({"n": [3, 1], "at": pa.array([datetime(2024, 1, 1), None], pa.timestamp("us", tz="UTC"))})
    paths = [str(tmp_path / name) for name in ("it's [1] 100%.parquet", "b {x,y} *.parquet", "b 1 z.parquet")]
    for path in paths:
        pq.write_table(rows, path)

    spark.take("taken", rows)
    spark.scan("scanned", paths[:2], schema=SHAPE)

    counted = "select count(*) as found, sum(n) as n, count(at) as known from"
    assert spark.query(f"{counted} taken").to_pylist() == [{"found": 2, "n": 4, "known": 1}]
    assert spark.query(f"{counted} scanned").to_pylist() == [{"found": 4, "n": 8, "known": 2}]


def test_files_may_come_and_go_under_one_name(spark: Spark, tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("one.parquet", "two.parquet")]
    for path in paths:
        pq.write_table(pa.Table.from_pylist([{"n": 1}], schema=SHAPE), path)

    counts = []
    for files_now in (paths[:1], [], paths):
        spark.scan("coming", files_now, schema=SHAPE)
        counts.append(spark.query("select count(*) as n from coming").to_pylist()[0]["n"])

    assert counts == [1, 0, 2]


def test_a_kept_table_stays_as_it_was_and_a_view_looks_again(spark: Spark) -> None:
    spark.put("source", {"n": ("bigint", [1])})
    spark.define("kept", "select n from source")
    spark.define("looked_up", "select n from source", keep=False)

    spark.put("source", {"n": ("bigint", [2])})

    both = "select k.n as kept, l.n as looked_up from kept k cross join looked_up l"
    assert spark.query(both).to_pylist() == [{"kept": 1, "looked_up": 2}]


def test_what_is_written_is_one_file_in_order_that_duckdb_reads(spark: Spark, tmp_path: Path) -> None:
    spark.take("many", pa.table({"n": pa.array(range(5000)), "word": [f"w{n % 7}" for n in range(5000)]}))
    target = tmp_path / "sorted.parquet"

    rows = spark.write("select n, word from many order by n desc", str(target))

    embedded = DuckDB()
    embedded.scan("found", [str(target)], schema=SHAPE)
    assert rows == 5000
    assert embedded.query("select sum(n) as n from found")["n"].to_pylist() == [sum(range(5000))]
    # DuckDB reads row groups side by side, so the order is asked of the file itself
    assert pq.read_table(target)["n"].to_pylist() == list(range(4999, -1, -1))
    assert [path.name for path in tmp_path.iterdir()] == ["sorted.parquet"]


def test_nothing_may_be_written_too(spark: Spark, tmp_path: Path) -> None:
    target = tmp_path / "none.parquet"

    assert spark.write("select 1 as n where false", str(target)) == 0
    assert pq.read_schema(target).names == ["n"]


@pytest.mark.parametrize("text", ["", "O'Hara", "'; drop table facts; --", "日本", "\\'", '"'])
def test_a_quoted_text_reads_as_itself(spark: Spark, text: str) -> None:
    assert spark.query(f"select {quoted(text)} as text").to_pylist() == [{"text": text}]


def test_a_file_that_went_away_is_told_as_such_so_that_the_reader_may_look_again(spark: Spark, tmp_path: Path) -> None:
    path = tmp_path / "gone.parquet"
    pq.write_table(pa.Table.from_pylist([{"n": 1}], schema=SHAPE), path)
    spark.scan("leaving", [str(path)], schema=SHAPE)

    path.unlink()

    with pytest.raises(FileNotFoundError, match=r"gone"):
        spark.query("select n from leaving")


def test_a_failure_on_a_worker_is_one_sentence_with_advice(spark: Spark) -> None:
    spark.put("words", {"word": ("varchar", ["ten"])})

    with pytest.raises(OkaeriError, match=r"Spark could not finish: .*CAST_INVALID_INPUT.*See that the cluster"):
        spark.query("select cast(word as integer) as n from words")


def test_whole_numbers_that_do_not_fit_are_an_error_in_both_engines(spark: Spark) -> None:
    """Quietly wrapping round would be a wrong figure."""
    columns: Columns = {"n": ("integer", [2**31 - 1])}
    embedded = DuckDB()
    for engine in (embedded, spark):
        engine.put("large", columns)

    with pytest.raises(duckdb.OutOfRangeException):
        embedded.query("select n + n as n from large")
    with pytest.raises(OkaeriError, match=r"overflow"):
        spark.query("select n + n as n from large")


def test_what_is_closed_leaves_nothing_in_the_memory_of_the_cluster(spark_section: dict[str, str]) -> None:
    engine = Spark(spark_section)
    engine.put("source", {"n": ("bigint", [1])})
    engine.define("kept", "select n + 1 as n from source")
    stored = engine._session.sparkContext._jsc.getPersistentRDDs

    held = len(stored())
    engine.close()

    assert len(stored()) == held - 1


def test_one_process_cannot_be_on_two_clusters(spark: Spark, spark_section: dict[str, str]) -> None:
    with pytest.raises(OkaeriError, match=r"a process of its own"):
        connect(settings_of({**spark_section, "master": "local[1]"}))


def test_local_days_and_minutes_are_those_of_the_zone_database(spark: Spark) -> None:
    start = datetime(2024, 3, 8, tzinfo=UTC)
    instants = [start + timedelta(minutes=30 * n) for n in range(0, 48 * 400, 7)]
    spark.take("moments", pa.table({"at": pa.array(instants, pa.timestamp("us", tz="UTC"))}))

    for zone in ("UTC", "America/Santiago", "Africa/Cairo", "Pacific/Kiritimati", "Etc/GMT+12"):
        sql = f"select at, {local_day('at', zone)} as day, {local_minute('at', zone)} as minute from moments"
        rows = spark.query(sql).to_pylist()
        wrong = [row for row in rows if (row["day"], row["minute"]) != _by_hand(row["at"], zone)]
        assert len(rows) == len(instants)
        assert not wrong, zone


def _by_hand(instant: datetime, zone: str) -> tuple[int, float]:
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    midnight = datetime.combine(local.date(), datetime.min.time())
    return (local.date() - date(1970, 1, 1)).days, (local - midnight).total_seconds() / 60

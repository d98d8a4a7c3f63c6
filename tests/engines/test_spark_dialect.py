"""DuckDB's SQL means the same in Spark's words; what Spark cannot say is refused."""

from __future__ import annotations

import pytest
from sqlglot.errors import UnsupportedError

from okaeri.engines.spark_dialect import to_spark


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("timezone('Asia/Tokyo', at)", "CAST(FROM_UTC_TIMESTAMP(at, 'Asia/Tokyo') AS TIMESTAMP_NTZ)"),
        ("date_diff('day', a, b)", "CAST(DATEDIFF(b, a) AS BIGINT)"),
        ("date_diff('second', a, b)", "(UNIX_SECONDS(CAST(b AS TIMESTAMP)) - UNIX_SECONDS(CAST(a AS TIMESTAMP)))"),
        ("epoch(at)", "(UNIX_MICROS(CAST(at AS TIMESTAMP)) / 1000000.0D)"),
        ("json_extract_string(a, '$.\"found us\"')", "ELEMENT_AT(FROM_JSON(a, 'MAP<STRING, STRING>'), 'found us')"),
        ("quantile_cont(x, 0.5)", "PERCENTILE(x, 0.5)"),
        ("a // b", "a DIV b"),
        ("unnest(json_keys(a))", "EXPLODE(JSON_OBJECT_KEYS(a))"),
    ],
)
def test_a_function_is_written_as_spark_counts_it(duckdb: str, spark: str) -> None:
    assert to_spark(f"select {duckdb} as x from t") == f"SELECT {spark} AS x FROM t"


def test_nothing_known_sorts_last_as_in_duckdb() -> None:
    assert to_spark("select a from t order by a") == "SELECT a FROM t ORDER BY a NULLS LAST"
    assert "ORDER BY b NULLS LAST" in to_spark("select row_number() over (order by b) as n from t")


@pytest.mark.parametrize("sql", ["date_diff('week', a, b)", "json_extract_string(a, '$.b.c')"])
def test_what_has_no_words_in_spark_is_refused_before_it_runs(sql: str) -> None:
    with pytest.raises(UnsupportedError):
        to_spark(f"select {sql} as x from t")

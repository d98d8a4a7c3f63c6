"""DuckDB's SQL as Spark reads it: what sqlglot leaves alone, or turns into something that counts otherwise.

Whatever a query may say is mapped here and nowhere else; no query is written twice.
"""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.dialects.spark import Spark
from sqlglot.generator import Generator
from sqlglot.generators.spark import SparkGenerator

_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}
_MONTHS = {"MONTH": 1, "YEAR": 12}


class _Writer(SparkGenerator):
    """Writes the expressions whose meaning would change on the way."""

    TRANSFORMS = {  # noqa: RUF012 - sqlglot's own way of declaring a dialect
        **SparkGenerator.TRANSFORMS,
        exp.Anonymous: lambda self, node: _function(self, node),
        exp.DateDiff: lambda self, node: _boundaries_between(self, node),
        exp.TimeToUnix: lambda self, node: f"({_micros(self, node.this)} / 1000000.0D)",
        exp.JSONExtractScalar: lambda self, node: _text_in_json(self, node),
        exp.Window: lambda self, node: _window(self, node),
        exp.Length: lambda self, node: f"CAST({self.func('LENGTH', node.this)} AS BIGINT)",
        exp.PercentileCont: lambda self, node: self.func("PERCENTILE", node.this, node.expression),
    }


class OkaeriSpark(Spark):
    """Spark's dialect, with the functions that Okaeri's queries use counted as DuckDB counts them."""

    Generator = _Writer


@lru_cache(maxsize=512)
def to_spark(sql: str) -> str:
    """One query in DuckDB's dialect as Spark SQL; what Spark cannot do raises `sqlglot.errors.UnsupportedError`.

    >>> to_spark("select epoch(at) as s from t order by s")
    'SELECT (UNIX_MICROS(CAST(at AS TIMESTAMP)) / 1000000.0D) AS s FROM t ORDER BY s NULLS LAST'
    """
    (translated,) = sqlglot.transpile(
        sql, read="duckdb", write=OkaeriSpark, unsupported_level=ErrorLevel.RAISE, comments=False
    )
    return translated


def _function(generator: Generator, node: exp.Anonymous) -> str:
    if node.name.lower() == "timezone":
        return _local_time(generator, *node.expressions)
    return generator.anonymous_sql(node)


def _local_time(generator: Generator, zone: exp.Expression, instant: exp.Expression) -> str:
    """The wall clock of a zone at an instant; the session is in UTC, so the shifted instant reads as that clock."""
    return f"CAST({generator.func('FROM_UTC_TIMESTAMP', instant, zone)} AS TIMESTAMP_NTZ)"


def _window(generator: Generator, node: exp.Window) -> str:
    """Places are counted in 64 bits, as in DuckDB: a large company has more rows than 32 bits can number."""
    written = generator.window_sql(node)
    counts = isinstance(node.this, exp.RowNumber | exp.Rank | exp.DenseRank)
    return f"CAST({written} AS BIGINT)" if counts else written


def _boundaries_between(generator: Generator, node: exp.DateDiff) -> str:
    """How many boundaries of a unit lie between two times, which is what DuckDB counts; Spark counts whole units."""
    unit = (node.text("unit") or "DAY").upper()
    late, early = node.this, node.expression
    if unit == "DAY":
        return f"CAST({generator.func('DATEDIFF', late, early)} AS BIGINT)"
    if unit in _SECONDS:
        return _between(*(_seconds(generator, end) for end in (late, early)), width=_SECONDS[unit])
    if unit in _MONTHS:
        return _between(*(_months(generator, end) for end in (late, early)), width=_MONTHS[unit])
    generator.unsupported(f"date_diff in units of {unit}")
    return ""


def _between(late: str, early: str, *, width: int) -> str:
    return f"({late} - {early})" if width == 1 else f"(FLOOR({late} / {width}) - FLOOR({early} / {width}))"


def _months(generator: Generator, time: exp.Expression) -> str:
    """Months since the year 0, so that dividing by twelve gives the year."""
    written = generator.sql(time)
    return f"CAST(YEAR({written}) * 12 + MONTH({written}) - 1 AS BIGINT)"


def _seconds(generator: Generator, time: exp.Expression) -> str:
    return f"UNIX_SECONDS(CAST({generator.sql(time)} AS TIMESTAMP))"


def _micros(generator: Generator, time: exp.Expression) -> str:
    return f"UNIX_MICROS(CAST({generator.sql(time)} AS TIMESTAMP))"


def _text_in_json(generator: Generator, node: exp.JSONExtractScalar) -> str:
    """A text of a JSON object by its key, whatever characters the key has; Spark's own paths refuse some of them."""
    path = node.expression
    steps = path.expressions if isinstance(path, exp.JSONPath) else []
    keys = [step.this for step in steps[1:] if isinstance(step, exp.JSONPathKey)]
    if len(keys) != 1 or len(steps) != 2:
        generator.unsupported("a JSON path of more than one key")
    as_map = generator.func("FROM_JSON", node.this, exp.Literal.string("MAP<STRING, STRING>"))
    return f"ELEMENT_AT({as_map}, {generator.sql(exp.Literal.string(str(keys[0] if keys else '')))})"

"""DuckDB inside this process: memory-limited, spilling, with every instant in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from okaeri.engines.engine import Columns

if TYPE_CHECKING:
    import pyarrow as pa


_SQL_TYPES = {
    "int64": "bigint",
    "int32": "integer",
    "string": "varchar",
    "large_string": "varchar",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
}


class DuckDB:
    """An in-memory DuckDB over Parquet files.

    `threads` 0 means every core, `memory_limit` "" DuckDB's own; `spill` is where it may write what does not fit.

    >>> DuckDB().query("select 1 as one").to_pylist()
    [{'one': 1}]
    """

    def __init__(self, *, threads: int = 0, memory_limit: str = "", spill: Path | None = None) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "preserve_insertion_order": False,
            "allocator_background_threads": True,  # what is free goes back to the system also while nothing is asked
        }
        if threads:
            config["threads"] = threads
        if memory_limit:
            config["memory_limit"] = memory_limit
        if spill:
            config["temp_directory"] = str(spill)
        self._connection = duckdb.connect(config=config)
        self._connection.execute("set enable_progress_bar = false")
        self._connection.execute("set TimeZone = 'UTC'")

    def scan(self, name: str, files: Sequence[str], *, schema: pa.Schema) -> None:
        """Name the rows of some Parquet files; no file means a table of `schema` without rows."""
        # a view in both cases: DuckDB replaces a view by a view only, and files may come and go under one name
        listed = ", ".join(quoted(file) for file in files)
        empty = ", ".join(f"cast(null as {_sql_type(field.type)}) as {field.name}" for field in schema)
        rows = f"from read_parquet([{listed}])" if files else f"select {empty} where false"
        self._connection.execute(f"create or replace temp view {name} as {rows}")

    def put(self, name: str, columns: Columns) -> None:
        """Name a small table that comes from Python."""
        # an Arrow table would make pyarrow and DuckDB import pandas, which costs more than the rest of a question
        shape = ", ".join(f"unnest(cast(? as {kind}[])) as {column}" for column, (kind, _values) in columns.items())
        values = [list(given) for _kind, given in columns.values()]
        self._connection.execute(f"create or replace temp table {name} as select {shape}", values)

    def take(self, name: str, rows: pa.Table) -> None:
        """Name the rows of an Arrow table of any size and type."""
        self._connection.register("_incoming", rows)
        self._connection.execute(f"create or replace temp table {name} as from _incoming")
        self._connection.unregister("_incoming")

    def define(self, name: str, sql: str, *, keep: bool = True) -> None:
        """Name the rows of a query: computed once when `keep`, else at each use."""
        self._connection.execute(f"create or replace temp {'table' if keep else 'view'} {name} as {sql}")

    def query(self, sql: str) -> pa.Table:
        """Run one query."""
        return self._connection.sql(sql).to_arrow_table()

    def write(self, sql: str, path: str) -> int:
        """Run one query into a Parquet file and return how many rows it wrote."""
        copied = self._connection.execute(
            f"copy ({sql}) to {quoted(path)} (format parquet, compression zstd)"
        ).fetchone()
        return int(copied[0]) if copied else 0

    def close(self) -> None:
        """Let go of memory and files."""
        self._connection.close()


def _sql_type(kind: pa.DataType) -> str:
    name = str(kind)
    return "timestamptz" if name.startswith("timestamp") and "tz=" in name else _SQL_TYPES.get(name, name)


def quoted(text: str) -> str:
    """A text as an SQL literal.

    >>> quoted("O'Hara")
    "'O''Hara'"
    """
    return "'" + text.replace("'", "''") + "'"

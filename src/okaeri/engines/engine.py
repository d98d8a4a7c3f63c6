"""What an engine must do. A metric never knows which one it runs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Mapping[str, tuple[str, Sequence[Any]]]
"""A small table: each column's SQL type and values."""


class Engine(Protocol):
    """A place where SQL in DuckDB's dialect runs; another engine transpiles the same text."""

    def scan(self, name: str, files: Sequence[str], *, schema: pa.Schema) -> None:
        """Name the rows of some Parquet files; no file means a table of `schema` without rows."""

    def put(self, name: str, columns: Columns) -> None:
        """Name a small table that comes from Python."""

    def take(self, name: str, rows: pa.Table) -> None:
        """Name the rows of an Arrow table of any size and type."""

    def define(self, name: str, sql: str, *, keep: bool = True) -> None:
        """Name the rows of a query: computed once when `keep`, else at each use."""

    def query(self, sql: str) -> pa.Table:
        """Run one query."""

    def write(self, sql: str, path: str) -> int:
        """Run one query into a Parquet file and return how many rows it wrote."""

    def close(self) -> None:
        """Let go of memory and files."""

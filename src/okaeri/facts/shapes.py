"""Files of one table that were written under different contracts, read as rows of the contract of today.

A contract only gains columns, so a file can lack some: there every row has what an empty cell becomes, the default.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from okaeri.facts.parquet import literal, parquet
from okaeri.facts.table import Column, Table


@dataclass(frozen=True, slots=True)
class Shape:
    """Some files of a table that lack the same columns of its contract."""

    paths: tuple[str, ...]
    lacks: frozenset[str] = frozenset()

    def columns(self, table: Table) -> str:
        """SQL for the contract's columns in order, over the files of this shape.

        >>> from okaeri.facts.contracts import TABLES
        >>> Shape(("a.parquet",), frozenset({"arm"})).columns(TABLES["assignments"])
        '"experiment", "customer_id", cast(null as varchar) as "arm", "assigned_at"'
        """
        return ", ".join(
            f'{_default(column)} as "{column.name}"' if column.name in self.lacks else f'"{column.name}"'
            for column in table.columns
        )


def shapes(table: Table, paths: Iterable[Path | str]) -> tuple[Shape, ...]:
    """The files by what they lack, as their footers say; no file has no shape."""
    import pyarrow.parquet as pq  # heavy: only when files are read

    names = frozenset(table.names)
    found: dict[frozenset[str], list[str]] = {}
    for path in map(str, paths):
        found.setdefault(names.difference(pq.read_schema(path).names), []).append(path)
    return tuple(Shape(tuple(group), lacks) for lacks, group in found.items())


def rows_of(table: Table, paths: Iterable[Path | str], *, with_places: bool = False) -> str:
    """SQL that reads some files of a table, with their `filename` and `file_row_number` on demand."""
    listed = [str(path) for path in paths]
    options = "filename = true, file_row_number = true" if with_places else ""
    found = shapes(table, listed)
    if not any(shape.lacks for shape in found):
        return parquet(listed, options=options)
    places = ", filename, file_row_number" if with_places else ""
    parts = (f"select {shape.columns(table)}{places} from {parquet(shape.paths, options=options)}" for shape in found)
    return f"({' union all '.join(parts)})"


def _default(column: Column) -> str:
    return f"cast({_literal(column.default)} as {column.type.sql})"


def _literal(value: str | float | bool | None) -> str:
    if value is None:
        return "null"
    return literal(value) if isinstance(value, str) else str(value).lower()

"""What a table contract is made of: typed columns, a key, and a sentence about each.

Which tables exist is in `contracts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from okaeri.base.errors import unknown
from okaeri.base.text import Text, _

if TYPE_CHECKING:
    import pyarrow as pa


class ColumnType(StrEnum):
    """What a column holds. An INSTANT is a moment in UTC to the microsecond; a DAY has no time zone.

    >>> ColumnType.INSTANT.sql
    'timestamptz'
    """

    TEXT = "text"
    INSTANT = "instant"
    DAY = "day"
    NUMBER = "number"
    AMOUNT = "amount"
    INTEGER = "integer"
    FLAG = "flag"
    JSON = "json"

    @property
    def sql(self) -> str:
        """The DuckDB type that holds it."""
        return _SQL[self]

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type that holds it."""
        import pyarrow as pa  # heavy: only when a file is read or written

        kinds = {
            "varchar": pa.string(),
            "timestamptz": pa.timestamp("us", tz="UTC"),
            "date": pa.date32(),
            "double": pa.float64(),
            "bigint": pa.int64(),
            "boolean": pa.bool_(),
        }
        return kinds[self.sql]


_SQL = {
    ColumnType.TEXT: "varchar",
    ColumnType.INSTANT: "timestamptz",
    ColumnType.DAY: "date",
    ColumnType.NUMBER: "double",
    ColumnType.AMOUNT: "double",
    ColumnType.INTEGER: "bigint",
    ColumnType.FLAG: "boolean",
    ColumnType.JSON: "varchar",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `default` is what an empty cell becomes; a required column is never empty.

    >>> Column("amount", ColumnType.AMOUNT, required=True, doc=_("What was paid.")).type.value
    'amount'
    """

    name: str
    type: ColumnType
    required: bool
    doc: Text
    default: str | float | bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of fact: rows are told apart by `key`; `time` is the column that says when it happened."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    time: str | None
    doc: Text

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def has_customer(self) -> bool:
        """Whether its rows belong to customers, so that erasing a customer touches it."""
        return "customer_id" in self.names

    def column(self, name: str) -> Column:
        """The column of that name; raises `OkaeriError` with the nearest one when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise unknown(
            _("column of {table}").format(table=self.name), name, self.names, listed_by=f"okaeri tables {self.name}"
        )

    def arrow_schema(self) -> pa.Schema:
        """Its columns as Arrow fields; emptiness is checked when rows land, so every field may be null."""
        import pyarrow as pa  # heavy: only when a file is read or written

        return pa.schema([(column.name, column.type.arrow) for column in self.columns])

"""What a table contract is made of: typed columns, a key, and a sentence about each.

Which tables exist is in `contracts`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from okaeri.base.calendar import Calendar
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
class Rule:
    """What no row may be: `wrong` is SQL over the table's columns, `code` names the reason, `column` is shown.

    >>> Rule("off_scale", "score", "score < 0").column
    'score'
    """

    code: str
    column: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of fact: rows are told apart by `key`; `time` is the column that says when it happened.

    `spans` are pairs of instants of which the second never comes before the first. `either` are columns of which every
    row has one at least; `rules` say what else makes a row impossible. Rows of a table that is `said` are conclusions
    and not observations: they never tell until when the facts were observed.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    time: str | None
    doc: Text
    spans: tuple[tuple[str, str], ...] = ()
    either: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    said: bool = False

    @property
    def times(self) -> tuple[str, ...]:
        """The columns that may say when it happened: `time`, then what stands in for it where it is empty."""
        return (self.time, *(name for name in self.either if name != self.time)) if self.time else ()

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    def missing(self, named: Collection[str]) -> list[Column]:
        """The required columns that are not named; of `either` the first when none of them is."""
        lacks = [column for column in self.columns if column.required and column.name not in named]
        none = self.either and not set(self.either) & set(named)
        return [*lacks, *([self.column(self.either[0])] if none else [])]

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

    def after(self, day: date, *, calendar: Calendar) -> str:
        """SQL for whether a row is dated after a local day; never true for a table that says no time."""
        if self.time is None:
            return "false"
        tomorrow = day + timedelta(days=1)
        named = ", ".join(f'"{name}"' for name in self.times)
        happened = f"coalesce({named})" if len(self.times) > 1 else named
        if self.column(self.time).type is ColumnType.DAY:
            return f"{happened} >= date '{tomorrow}'"
        return f"{happened} >= timestamptz '{calendar.start_of(tomorrow).isoformat()}'"

    def arrow_schema(self) -> pa.Schema:
        """Its columns as Arrow fields; emptiness is checked when rows land, so every field may be null."""
        import pyarrow as pa  # heavy: only when a file is read or written

        return pa.schema([(column.name, column.type.arrow) for column in self.columns])

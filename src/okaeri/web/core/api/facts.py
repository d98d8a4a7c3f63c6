"""Rows of facts as JSON: what each column means is the library's contract; a row that breaks it is given back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.facts.contracts import TABLES, Column, ColumnType, Table
from okaeri.facts.lake import Lake, Limits
from okaeri.facts.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 10_000
_CURRENCY = re.compile("[A-Z]{3}")
_WRITABLE = tuple(name for name, table in TABLES.items() if not table.said)
_LARGEST = 2**63
_YEARS = (1900, 2200)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A row that was not taken: its place in the request, the column, and why."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Landed:
    """What became of the rows of a request."""

    read: int
    new: int
    replaced: int
    unchanged: int
    refused: tuple[Refused, ...]


class _No(Exception):
    """Why a cell cannot be taken."""

    def __init__(self, why: Text) -> None:
        super().__init__(why)
        self.why = why


def writable(name: str) -> Table:
    """The contract of a table that rows may be sent to; raises `KeyError` for any other."""
    if name not in _WRITABLE:
        raise KeyError(name)
    return TABLES[name]


def land(workspace: Workspace, table: Table, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> Landed:
    """Land the good rows in one commit, replacing those with the same key."""
    good, refused = read(table, rows, zone=workspace.settings.zone, currency=workspace.settings.currency or "")
    if not good:
        return Landed(read=len(rows), new=0, replaced=0, unchanged=0, refused=refused)
    settings = workspace.settings
    lake = Lake(workspace.lake_path, limits=Limits(threads=settings.threads, memory_limit=settings.memory_limit))
    # keys alone keep a row from landing twice: an id for each request would pile up in the table's log
    landing = lake.land(table.name, _arrow(table, good), batch_id=None, now=now)
    return Landed(
        read=len(rows),
        new=landing.new,
        replaced=landing.replaced,
        unchanged=landing.unchanged,
        refused=refused,
    )


def read(
    table: Table, rows: Sequence[Mapping[str, Any]], *, zone: str, currency: str
) -> tuple[list[dict[str, Any]], tuple[Refused, ...]]:
    """The rows as the contract has them, and those it refuses; of two rows with one key the later one counts."""
    fine: list[tuple[int, dict[str, Any]]] = []
    refused: dict[int, tuple[str, Text]] = {}
    for place, row in enumerate(rows):
        found = _row(table, row, zone=ZoneInfo(zone), currency=currency)
        if isinstance(found, tuple):
            refused[place] = found
        else:
            fine.append((place, found))
    breaking = _breaking(table, [row for _place, row in fine])
    refused |= {fine[at][0]: why for at, why in breaking.items()}
    good = {tuple(row[name] for name in table.key): row for at, (_place, row) in enumerate(fine) if at not in breaking}
    told = (Refused(row=place, column=why[0], reason=str(why[1])) for place, why in sorted(refused.items()))
    return list(good.values()), tuple(told)


def _row(table: Table, row: Mapping[str, Any], *, zone: ZoneInfo, currency: str) -> dict[str, Any] | tuple[str, Text]:
    """One row with every column of the contract, or the column and the reason why not."""
    if unknown := sorted(set(row) - set(table.names)):
        return unknown[0], _("{table} have no such column.").format(table=table.name)
    found: dict[str, Any] = {}
    for column in table.columns:
        try:
            found[column.name] = _cell(column, row.get(column.name), zone)
        except _No as no:
            return column.name, no.why
    if "currency" in found and not found["currency"]:
        found["currency"] = currency
    if table.name == "orders" and found["amount"] < 0:  # whatever brought money back is a return
        found["kind"] = "return"
    return _impossible(table, found) or found


def _impossible(table: Table, found: Mapping[str, Any]) -> tuple[str, Text] | None:
    """What no single cell can tell: one of several is missing, an end before its start."""
    if table.either and all(found[name] is None for name in table.either):
        return table.either[0], _("One of {columns} is needed.").format(columns=", ".join(table.either))
    for start, end in table.spans:
        if found[start] is not None and found[end] is not None and found[end] < found[start]:
            return end, _("It lies before {column}.").format(column=start)
    if table.name == "orders" and found["kind"] not in ("purchase", "return"):
        return "kind", _("It is one of {words}.").format(words="purchase, return")
    if table.name == "orders" and found["kind"] == "return" and found["amount"] > 0:
        return "amount", _("What a return brought back is zero or less.")
    if found.get("currency") and not _CURRENCY.fullmatch(found["currency"]):
        return "currency", _("It must be a currency code such as JPY.")
    return None


def _breaking(table: Table, rows: Sequence[Mapping[str, Any]]) -> dict[int, tuple[str, Text]]:
    """The rows that a rule of the contract calls impossible: rules are SQL, so the database is asked."""
    if not table.rules or not rows:
        return {}
    import duckdb  # heavy: only where a table has rules

    with duckdb.connect() as connection:
        connection.register("given", _arrow(table, rows).append_column("place", [list(range(len(rows)))]))
        return {
            place: (rule.column, _("It is outside of what the contract allows."))
            for rule in table.rules
            for (place,) in connection.execute(f"select place from given where {rule.wrong}").fetchall()
        }


def _arrow(table: Table, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    import pyarrow as pa  # heavy: only where rows land

    return pa.table({each.name: pa.array([row[each.name] for row in rows], each.type.arrow) for each in table.columns})


def _cell(column: Column, value: Any, zone: ZoneInfo) -> Any:
    if value is None or value == "":
        if column.required:
            raise _No(_("It is needed and cannot be empty."))
        return column.default
    return _READ[column.type](value, zone)


def _text(value: Any, zone: ZoneInfo) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise _No(_("It must be text."))
    return str(value).strip()


def _number(value: Any, zone: ZoneInfo) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e15 or not math.isfinite(value):
        raise _No(_("It must be a number."))
    return float(value)


def _integer(value: Any, zone: ZoneInfo) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _LARGEST:
        raise _No(_("It must be a whole number."))
    return value


def _flag(value: Any, zone: ZoneInfo) -> bool:
    if not isinstance(value, bool):
        raise _No(_("It must be true or false."))
    return value


def _json(value: Any, zone: ZoneInfo) -> str:
    if not isinstance(value, dict | list):
        raise _No(_("It must be a JSON object."))
    return json.dumps(value, ensure_ascii=False)


def _day(value: Any, zone: ZoneInfo) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not _YEARS[0] <= found.year < _YEARS[1]:
        raise _No(_("It must be a day such as 2024-05-31."))
    return found


def _instant(value: Any, zone: ZoneInfo) -> datetime:
    """A moment in UTC; one without an offset is in the workspace's zone."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not _YEARS[0] <= found.year < _YEARS[1]:
        raise _No(_("It must be a moment such as 2024-05-31T09:30:00+09:00."))
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


_READ: dict[ColumnType, Callable[[Any, ZoneInfo], Any]] = {
    ColumnType.TEXT: _text,
    ColumnType.JSON: _json,
    ColumnType.NUMBER: _number,
    ColumnType.AMOUNT: _number,
    ColumnType.INTEGER: _integer,
    ColumnType.FLAG: _flag,
    ColumnType.DAY: _day,
    ColumnType.INSTANT: _instant,
}


def too_many(rows: int) -> OkaeriError | None:
    """Why a request of so many rows is not taken; None when it is."""
    if rows <= MOST_ROWS:
        return None
    return OkaeriError(
        _("{n} rows are too many for one request.").format(n=rows),
        advice=_("Send at most {most} at a time, or upload a file.").format(most=MOST_ROWS),
    )

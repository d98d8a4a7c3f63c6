"""Tables a person already has, as facts in memory: the same columns as the contracts, under the usual names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.base.calendar import Calendar
from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _
from okaeri.engines.derived import Recipe, derive
from okaeri.engines.duckdb import DuckDB, quoted
from okaeri.engines.identities import is_united, name_kept_ids, told_name, unite
from okaeri.facts.contracts import TABLES, Column, ColumnType, Table
from okaeri.metrics.extent import Extent
from okaeri.metrics.measuring import Facts, Measurer
from okaeri.opening import count_currencies, name_local

# a time of day that says how far its zone is from UTC
_WITH_OFFSET = r":[0-9.]+ ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"


def facts_of(given: Mapping[str, Any], *, calendar: Calendar, now: datetime) -> Measurer:
    """Read tables into an engine of their own; a naive time is in the calendar's zone.

    Raises `OkaeriError` when a table has no column that a contract requires, a cell cannot be read, the customers
    name somebody twice, or there is no row to measure.
    """
    engine = DuckDB()
    _name(engine, TABLES["identities"], given, calendar.zone)
    merged = name_kept_ids(engine)
    for contract in TABLES.values():
        _name(engine, contract, given, calendar.zone, merged=merged)
    derive(engine, Recipe(zone=calendar.zone, returns="net"))
    name_local(engine, calendar.zone)
    has = tuple(name for name in TABLES if given.get(name) is not None)
    _refuse_emptiness(engine, has)
    facts = Facts(
        calendar=calendar,
        presence="auto",
        currencies=count_currencies(engine),
        until=Extent(engine, calendar).observed_until(has, today=calendar.day_of(now)),
        has=has,
    )
    return Measurer(engine, facts)


def _name(engine: DuckDB, contract: Table, given: Mapping[str, Any], zone: str, *, merged: bool = False) -> None:
    """Name the rows of one table, which may be missing; `merged` as in `engines.facts`."""
    united = merged and is_united(contract)
    name = told_name(contract) if united else contract.name
    if given.get(contract.name) is None:
        engine.scan(name, [], schema=contract.arrow_schema())
    else:
        _take(engine, contract, as_arrow(given[contract.name]), zone, into=name)
    if contract.name == "customers":
        _refuse_twins(engine, name)
    if united:
        unite(engine, contract)


def _take(engine: DuckDB, contract: Table, rows: pa.Table, zone: str, *, into: str) -> None:
    engine.take("given", rows)
    sql = _conform(contract, engine.query("select * from given limit 0").schema, zone)
    try:
        engine.define(into, sql)
    except duckdb.Error as error:
        raise OkaeriError(
            _("The {table} cannot be read: {why}.").format(table=contract.name, why=_first_line(error)),
            advice=_("Give amounts as numbers, and times as timestamps or as text such as 2024-03-01 09:30."),
        ) from None


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].split(" Error: ", 1)[-1]


def _refuse_emptiness(engine: DuckDB, has: Sequence[str]) -> None:
    rows = " union all ".join(f"(select 1 as one from {table} limit 1)" for table in has)
    if not rows or not engine.query(rows).num_rows:
        raise NothingUsable(
            _("These tables hold nothing to measure."),
            advice=_("Give at least one table with a row, such as orders or subscriptions."),
        )


def _refuse_twins(engine: DuckDB, customers: str) -> None:
    """A customer with two rows would be counted twice in every segment."""
    counted = f"select customer_id, count(*) as n from {customers} where customer_id is not null group by customer_id"
    twins = engine.query(f"select customer_id from ({counted}) as c where n > 1 order by customer_id limit 1")
    if twins.num_rows:
        raise OkaeriError(
            _("The customers name {customer!r} more than once.").format(customer=twins["customer_id"][0].as_py()),
            advice=_("Keep one row per customer."),
        )


def as_arrow(table: Any) -> pa.Table:
    """A pandas, Polars or Arrow table, or the path of a Parquet file, as Arrow.

    >>> as_arrow({"a": [1]}).num_rows
    1
    """
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, str | Path):
        return _read_parquet(Path(table))
    if isinstance(table, Mapping):
        return pa.table(dict(table))
    if hasattr(table, "__arrow_c_stream__"):
        return pa.table(table)
    if hasattr(table, "to_arrow"):
        arrow: pa.Table = table.to_arrow()
        return arrow
    raise OkaeriError(
        _("A {kind} is not a table.").format(kind=type(table).__name__),
        advice=_("Give a pandas, Polars or Arrow table, or the path of a Parquet file."),
    )


def _read_parquet(path: Path) -> pa.Table:
    advice = _("Give the path of a Parquet file.")
    if not path.exists():
        raise OkaeriError(_("There is no file {path}.").format(path=path), advice=advice)
    try:
        return pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise OkaeriError(
            _("{path} cannot be read: {why}.").format(path=path, why=str(error).rstrip(".")), advice=advice
        ) from None


def _conform(contract: Table, schema: pa.Schema, zone: str) -> str:
    """SQL that gives the table of a contract: missing columns by their default, a missing key by row number."""
    for column in contract.missing(schema.names):
        if not column.required:  # one of several that will do
            raise _no_column(contract, column.name, schema)
    return f"select {', '.join(_column(contract, column.name, schema, zone) for column in contract.columns)} from given"


def _no_column(contract: Table, name: str, schema: pa.Schema) -> OkaeriError:
    return OkaeriError(
        _("The {table} have no column {column}.").format(table=contract.name, column=name),
        advice=_("Rename one of: {headers}.").format(headers=", ".join(schema.names)),
    )


def _column(contract: Table, name: str, schema: pa.Schema, zone: str) -> str:
    column = next(column for column in contract.columns if column.name == name)
    if name in schema.names:
        given = _cast(name, column.type, schema.field(name).type, zone)
        # an empty cell is what a missing column is
        default = None if column.default is None else _default(contract, column, schema)
        return f"{given if default is None else f'coalesce({given}, {default})'} as {name}"
    if name == "attributes":
        others = [other for other in schema.names if other not in {c.name for c in contract.columns}]
        pairs = ", ".join(f"{quoted(other)}, cast({_identifier(other)} as varchar)" for other in others)
        return f"cast(json_object({pairs}) as varchar) as attributes"
    if contract.key == (name,) and name != "customer_id":
        return f"cast(row_number() over () as varchar) as {name}"
    if contract.name == "orders" and name == "amount":
        return "cast(0 as double) as amount"
    if column.required:
        raise _no_column(contract, name, schema)
    return f"{_default(contract, column, schema)} as {name}"


def _default(contract: Table, column: Column, schema: pa.Schema) -> str:
    if contract.name == "orders" and column.name == "kind":
        amount = "cast(amount as double)" if "amount" in schema.names else "0"
        return f"case when {amount} < 0 then 'return' else 'purchase' end"
    default = "null" if column.default is None else quoted(str(column.default))
    return f"cast({default} as {column.type.sql})"


def _cast(name: str, kind: ColumnType, found: pa.DataType, zone: str) -> str:
    exact = f"cast({name} as {kind.sql})"
    if kind is not ColumnType.INSTANT or (pa.types.is_timestamp(found) and found.tz):
        return exact
    local = f"timezone({quoted(zone)}, cast({name} as timestamp))"
    if pa.types.is_timestamp(found) or pa.types.is_date(found):
        return local
    return f"case when regexp_matches(cast({name} as varchar), {quoted(_WITH_OFFSET)}) then {exact} else {local} end"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""Tables a person already has, as facts in memory: the same columns as the contracts, under the usual names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.engines.derived import SOURCES, Recipe, derive
from okaeri.engines.duckdb import DuckDB, quoted
from okaeri.facts.contracts import TABLES, ColumnType, Table
from okaeri.metrics.measuring import Facts, Measurer
from okaeri.opening import count_currencies, name_contracts, observed_until


def facts_of(given: Mapping[str, Any], *, calendar: Calendar, now: datetime) -> Measurer:
    """Read tables into an engine of their own; a naive time is in the calendar's zone.

    Raises `OkaeriError` when a table has no column that a contract requires.
    """
    engine = DuckDB()
    for name in SOURCES:
        contract = TABLES[name]
        if given.get(name) is None:
            engine.put(name, contract.arrow_schema().empty_table())
        else:
            engine.put("given", as_arrow(given[name]))
            engine.define(name, _conform(contract, engine.query("select * from given limit 0").schema, calendar.zone))
    derive(engine, Recipe(zone=calendar.zone, returns="net"))
    name_contracts(engine, calendar.zone)
    facts = Facts(
        calendar=calendar,
        presence="auto",
        currencies=count_currencies(engine),
        until=observed_until(engine, calendar.day_of(now), zone=calendar.zone),
        has=tuple(name for name in ("subscriptions", "orders", "events") if given.get(name) is not None),
    )
    return Measurer(engine, facts)


def as_arrow(table: Any) -> pa.Table:
    """A pandas, Polars or Arrow table, or the path of a Parquet file, as Arrow.

    >>> as_arrow({"a": [1]}).num_rows
    1
    """
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, str | Path):
        return pq.read_table(table)
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


def _conform(contract: Table, schema: pa.Schema, zone: str) -> str:
    """SQL that gives the table of a contract: missing optional columns by their default, a missing key by row number."""
    return f"select {', '.join(_column(contract, column.name, schema, zone) for column in contract.columns)} from given"


def _column(contract: Table, name: str, schema: pa.Schema, zone: str) -> str:
    column = next(column for column in contract.columns if column.name == name)
    if name in schema.names:
        return f"{_cast(name, column.type, schema.field(name).type, zone)} as {name}"
    if name == "attributes":
        others = [other for other in schema.names if other not in {c.name for c in contract.columns}]
        pairs = ", ".join(f"{quoted(other)}, cast({_identifier(other)} as varchar)" for other in others)
        return f"cast(json_object({pairs}) as varchar) as attributes"
    if contract.key == (name,) and name != "customer_id":
        return f"cast(row_number() over () as varchar) as {name}"
    if name == "kind":
        amount = "amount" if "amount" in schema.names else "0"
        return f"case when {amount} < 0 then 'return' else 'purchase' end as kind"
    if name == "amount":
        return "0.0 as amount"
    if column.required:
        raise OkaeriError(
            _("The {table} have no column {column}.").format(table=contract.name, column=name),
            advice=_("Rename one of: {headers}.").format(headers=", ".join(schema.names)),
        )
    return f"cast({quoted(str(column.default)) if column.default is not None else 'null'} as {column.type.sql}) as {name}"


def _cast(name: str, kind: ColumnType, found: pa.DataType, zone: str) -> str:
    if kind is ColumnType.INSTANT and not (pa.types.is_timestamp(found) and found.tz):
        return f"timezone({quoted(zone)}, cast({name} as timestamp))"
    return f"cast({name} as {kind.sql})"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

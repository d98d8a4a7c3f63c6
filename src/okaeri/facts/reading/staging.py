"""From a source to the typed rows of one table: `raw` (as written), `typed` (checked), and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from okaeri.facts.contracts import Table
from okaeri.facts.reading.mapping import Mapped
from okaeri.facts.reading.profile import Known, Signs, profile
from okaeri.facts.reading.source import Connection, Reject, Source
from okaeri.facts.reading.typed import NUMBERS, TIMES, Check, Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """The rows as they stand in the file: how many, and the lines that are no rows."""

    rows: int
    types: Mapping[int, str]
    rejects: Sequence[Reject]


def load(connection: Connection, table: Table, source: Source, mapped: Mapped) -> Loaded:
    """Read the wanted columns into the temporary table `raw`, whose rowid counts the rows of the file."""
    wanted = _wanted(table, source, mapped)
    times = {place for column in table.columns if column.type in TIMES for place in _places(mapped, column.name)}
    as_text = {
        n
        for n in wanted
        if source.types[n] == "BOOLEAN"
        or n in _places(mapped, "currency")
        or (n in times and not _is_time(source.types[n]))
    }
    columns = [f"h{n}::varchar as h{n}" if n in as_text else f"h{n}" for n in wanted] or ["null as nothing"]
    connection.execute(f"create or replace temp table raw as select {', '.join(columns)} from {source.relation}")
    return Loaded(
        rows=count(connection, "raw"),
        types={n: "VARCHAR" if n in as_text else source.types[n] for n in wanted},
        rejects=source.rejects(connection),
    )


def read_columns(
    connection: Connection, table: Table, source: Source, mapped: Mapped, loaded: Loaded, *,
    zone: str, currency: str, date_order: str | None, remembered_order: str | None = None,
    forms: Mapping[str, Any] | None = None,
) -> Reading:  # fmt: skip
    """Decide how each column is written; `forms` is what the file these rows were taken from showed.

    Raises `DateOrderNeeded` when day and month could be either way round.
    """
    texts = {n for n, kind in loaded.types.items() if kind == "VARCHAR"}
    of_type = {
        kinds: [n for c in table.columns if c.type in kinds for n in _places(mapped, c.name) if n in texts]
        for kinds in (NUMBERS, TIMES)
    }
    ids = [n for c in table.columns if c.name.endswith("_id") for n in _places(mapped, c.name) if n in texts]
    return Reading(
        table=table,
        source=source,
        types=loaded.types,
        mapped=mapped,
        profile=profile(
            connection,
            numbers=list(dict.fromkeys(of_type[NUMBERS])),
            dates={n: source.headers[n] for n in of_type[TIMES]},
            ids=list(dict.fromkeys(ids)),
            currencies=_places(mapped, "currency"),
            signs=Signs.of(currency, encoding=forms["encoding"] if forms else source.encoding),
            date_order=date_order,
            remembered=remembered_order,
            known=Known.from_data(forms, headers=source.headers) if forms else None,
        ),
        zone=zone,
    )


def type_rows(connection: Connection, reading: Reading) -> tuple[Check, ...]:
    """Make `typed`: `ord` (the row of the file), the table's columns, and `wrong`, the place of the check that failed.

    For orders also `below`: whether something went back on this line.
    """
    columns = dict(reading.columns())
    checks = tuple(reading.checks())
    selected = ", ".join(f'{expression} as "{name}"' for name, expression in columns.items())
    wrong = " ".join(f"when {check.test} then {place}" for place, check in enumerate(checks))
    below = ", below" if reading.table.name == "orders" else ""
    going_back = f", {_below(reading)} as below" if below else ""
    kept = ", ".join(f"h{n}" for n in reading.types)
    shown = ", ".join(
        _called_off(name) if "kind" in reading.mapped.formulas and below else f'"{name}"' for name in columns
    )
    failed = f"case {wrong} end" if checks else "null"
    connection.execute(f"""
        create or replace temp table typed as
        select ord, {shown}{below}, ({failed})::smallint as wrong
        from (select raw.rowid as ord, {kept}, {selected}{going_back} from raw {reading.joins()})""")
    return checks


def _called_off(name: str) -> str:
    """An order that was called off never brought its amount in; what is below zero already stays."""
    return (
        "case when kind = 'return' then least(amount, 0) else amount end as amount" if name == "amount" else f'"{name}"'
    )


def _below(reading: Reading) -> str:
    """A line counts as going back when its amount or any factor of it is below zero."""
    factors = [f"coalesce({reading.operand(n)} < 0, false)" for n in reading.mapped.formulas["amount"].places]
    return (
        " or ".join(['coalesce("amount" < 0, false)', *factors])
        if len(factors) > 1
        else 'coalesce("amount" < 0, false)'
    )


def _wanted(table: Table, source: Source, mapped: Mapped) -> list[int]:
    places = {n for each in mapped.formulas.values() for n in each.places}
    keeps_rest = any(c.type == "json" and c.name not in mapped.formulas for c in table.columns)
    return sorted(places | set(mapped.unused if keeps_rest else ()))


def _places(mapped: Mapped, column: str) -> tuple[int, ...]:
    return mapped.formulas[column].places if column in mapped.formulas else ()


def _is_time(kind: str) -> bool:
    return kind.startswith("TIMESTAMP") or kind == "DATE"


def count(connection: Connection, table: str, where: str = "true") -> int:
    """How many rows of a table fulfil a condition."""
    row = connection.execute(f"select count(*) from {table} where {where}").fetchone()
    return int(row[0]) if row else 0

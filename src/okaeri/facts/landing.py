"""Landing a batch: which rows are new, which replace others, which are there already; and the files that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.contracts import Column, Table
from okaeri.facts.delta import Snapshot
from okaeri.facts.parquet import DataFile, literal, parquet, write
from okaeri.facts.shapes import rows_of
from okaeri.facts.table import Rule

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


_FEW = 20

Batch: TypeAlias = "pa.Table | pa.RecordBatchReader | Path"


@dataclass(frozen=True, kw_only=True, slots=True)
class Landing:
    """What a batch changed, in rows; `repeated` when this very batch had landed before and nothing was done.

    >>> Landing(new=3, replaced=1, unchanged=2, version=7).read
    6
    """

    new: int
    replaced: int
    unchanged: int
    version: int
    repeated: bool = False

    @property
    def read(self) -> int:
        """How many rows the batch had."""
        return self.new + self.replaced + self.unchanged


def stage(connection: duckdb.DuckDBPyConnection, table: Table, batch: Batch, scratch: Path) -> Path:
    """The batch as a Parquet file that can be read several times; raises `OkaeriError` when it breaks the contract.

    A file is taken at its word that each key comes once: importing has made sure of it, at ten million rows a time.
    """
    if isinstance(batch, Path):
        _check_columns(table, connection.sql(f"from {parquet([batch])}").columns)
        staged = batch
    else:
        _check_columns(table, batch.schema.names)
        staged = scratch / "batch.parquet"
        connection.register("batch", batch)
        connection.execute(f"copy (from batch) to {literal(str(staged))} (format parquet)")
        connection.unregister("batch")
        _check_keys(connection, table, staged)
    _check_filled(connection, table, staged)
    return staged


def land(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    staged: Path,
    *,
    into: Snapshot,
    batch_id: str | None,
    now: datetime,
    scratch: Path,
) -> Landing:
    """Bring the staged rows into a table in one commit; raises `Overtaken` when another commit came first."""
    read = _count(connection, f"select count(*) from {parquet([staged])}")
    if batch_id and into.has_landed(batch_id):
        return Landing(new=0, replaced=0, unchanged=read, version=into.version, repeated=True)
    likely = into.paths if read * _FEW >= into.rows else _having_keys(connection, table, staged, into.paths)
    _compare(connection, table, staged, likely)
    known, changed = _pair(connection, "select count(*), count(*) filter (not same) from known")
    added: tuple[DataFile, ...] = ()
    touched: tuple[DataFile, ...] = ()
    news = read > known or changed
    if not news and batch_id is None:
        return Landing(new=0, replaced=0, unchanged=known, version=into.version)
    if news:
        touched = _touched(connection, into)
        added = write(connection, _after(table, staged, touched, into), scratch, into.folder)
    version = into.commit(at=now, add=added, remove=touched, batch_id=batch_id)
    return Landing(new=read - known, replaced=changed, unchanged=known - changed, version=version)


def _having_keys(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: Path, paths: Sequence[str]
) -> tuple[str, ...]:
    """The files that have any key of the batch: reads no other column, which pays when the batch is small."""
    rows = connection.execute(
        f"""select distinct filename from {parquet(paths, options="filename = true")} as old
        semi join ({_typed(table, staged)}) as fresh using ({_listed(table.key)})"""
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def _compare(connection: duckdb.DuckDBPyConnection, table: Table, staged: Path, paths: Sequence[str]) -> None:
    """Make `known`: for each staged row whose key is in the table, where it is and whether it says the same."""
    if not paths:
        connection.execute("create or replace temp table known (batch_row bigint, file varchar, row bigint, same bool)")
        return
    others = [name for name in table.names if name not in table.key]
    same = " and ".join(f'old."{name}" is not distinct from fresh."{name}"' for name in others)
    connection.execute(
        f"""create or replace temp table known as
        select fresh.file_row_number as batch_row, old.filename as file, old.file_row_number as row, {same} as same
        from {rows_of(table, paths, with_places=True)} as old
        join ({_typed(table, staged)}) as fresh using ({_listed(table.key)})"""
    )


def _after(table: Table, staged: Path, touched: Sequence[DataFile], into: Snapshot) -> str:
    """The rows of the files that are about to be written: what stays of the touched files, then what is new."""
    fresh = f"""select {_listed(table.names)} from ({_typed(table, staged)}) as fresh
        anti join (from known where same) as same on fresh.file_row_number = same.batch_row"""
    if not touched:
        return fresh
    old = rows_of(table, (into.folder / file.name for file in touched), with_places=True)
    return f"""select {_listed(table.names)} from {old} as old
        anti join (from known where not same) as gone on old.filename = gone.file and old.file_row_number = gone.row
        union all {fresh}"""


def _touched(connection: duckdb.DuckDBPyConnection, into: Snapshot) -> tuple[DataFile, ...]:
    found = connection.execute("select distinct file from known where not same").fetchall()
    names = {Path(row[0]).name for row in found}
    return tuple(file for file in into.files if file.name in names)


def _typed(table: Table, staged: Path) -> str:
    """The staged rows with the contract's types: what a file calls 3 may be the contract's 3.0."""
    columns = ", ".join(f'cast("{column.name}" as {column.type.sql}) as "{column.name}"' for column in table.columns)
    return f"select {columns}, file_row_number from {parquet([staged], options='file_row_number = true')}"


def _check_columns(table: Table, given: Sequence[str]) -> None:
    missing = [name for name in table.names if name not in given]
    if missing:
        raise OkaeriError(
            _("The batch for {table} lacks the columns {missing}.").format(
                table=table.name, missing=", ".join(missing)
            ),
            advice=_("Give every column of the table; empty cells are fine where a column is not required."),
        )


def _check_filled(connection: duckdb.DuckDBPyConnection, table: Table, staged: Path) -> None:
    must: list[Column] = [column for column in table.columns if column.required or column.name in table.key]
    empty = " or ".join(f'"{column.name}" is null' for column in must)
    if table.either:
        empty += " or " + " and ".join(f'"{name}" is null' for name in table.either)
    count = _count(connection, f"select count(*) from {parquet([staged])} where {empty}")
    if count:
        raise OkaeriError(
            _("{n} rows of the batch for {table} lack a required value.").format(n=count, table=table.name),
            advice=_("Fill {columns} in every row.").format(columns=", ".join(_filled(table, must))),
        )
    for rule in table.rules:
        _refuse(connection, table, rule, staged)


def _filled(table: Table, must: Sequence[Column]) -> list[str]:
    return [*(column.name for column in must), *([" / ".join(table.either)] if table.either else [])]


def _refuse(connection: duckdb.DuckDBPyConnection, table: Table, rule: Rule, staged: Path) -> None:
    count = _count(connection, f"select count(*) from ({_typed(table, staged)}) as fresh where {rule.wrong}")
    if count:
        raise OkaeriError(
            _("{n} rows of the batch for {table} have a {column} that cannot be.").format(
                n=count, table=table.name, column=rule.column
            ),
            advice=_("Look at what {table} may hold: `okaeri tables {table}`.").format(table=table.name),
        )


def _check_keys(connection: duckdb.DuckDBPyConnection, table: Table, staged: Path) -> None:
    key = _listed(table.key)
    twice = f"select {key} from {parquet([staged])} group by {key} having count(*) > 1"
    count = _count(connection, f"select count(*) from ({twice})")
    if count:
        raise OkaeriError(
            _("{n} keys come twice in the batch for {table}.").format(n=count, table=table.name),
            advice=_("Give each {key} once.").format(key=" + ".join(table.key)),
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _pair(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, int]:
    row = connection.execute(sql).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)

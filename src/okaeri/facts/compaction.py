"""Keeping a table quick to read: small files become one, and files nobody needs any more go."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.facts.contracts import Table
from okaeri.facts.delta import Snapshot, grown
from okaeri.facts.parquet import DataFile, write
from okaeri.facts.shapes import rows_of

if TYPE_CHECKING:
    import duckdb

KEEP_SECONDS = 7 * 24 * 3600
_SMALL_BYTES = 16_000_000
_MANY = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Compaction:
    """What compacting did: `files` became `into` files, and `swept` unused ones were deleted."""

    files: int
    into: int
    swept: int
    version: int


def is_due(table: Snapshot) -> bool:
    """Whether a table has so many small files that reading it slows down."""
    return len(_small(table)) >= _MANY


def compact(
    connection: duckdb.DuckDBPyConnection, table: Table, current: Snapshot, *, scratch: Path, now: datetime | None
) -> Compaction:
    """Merge the small files into one sorted by customer; raises `Overtaken` when another commit came first."""
    small = _small(current)
    if len(small) < 2:
        return Compaction(files=0, into=0, swept=sweep(current), version=current.version)
    current = grown(current, table, at=now)
    order = ("customer_id", *table.key) if table.has_customer else table.key
    columns = ", ".join(f'"{name}"' for name in table.names)
    read = rows_of(table, (current.folder / file.name for file in small))
    merged = write(connection, f"select {columns} from {read} order by {', '.join(order)}", scratch, current.folder)
    version = current.commit(at=now, add=merged, remove=small, same_rows=True)
    return Compaction(files=len(small), into=len(merged), swept=sweep(current), version=version)


def unused(current: Snapshot) -> list[Path]:
    """The data files in a table's folder that this version does not have: older versions and cut-off writes."""
    live = {file.name for file in current.files}
    return sorted(path for path in current.folder.glob("*.parquet") if path.name not in live)


def sweep(current: Snapshot) -> int:
    """Delete the files of which no version that is still kept has need; returns how many.

    Only the writer of the table may do this, and files that left it lately stay: others may be reading them.
    """
    old = [path for path in unused(current) if time.time() - path.stat().st_mtime > KEEP_SECONDS]
    for path in old:
        path.unlink()
    return len(old)


def _small(table: Snapshot) -> tuple[DataFile, ...]:
    return tuple(file for file in table.files if file.size < _SMALL_BYTES)

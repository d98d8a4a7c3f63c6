"""Parquet files written and read by DuckDB for the lake: streamed, within a memory limit, on disk before they count."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_FILE_SIZE = "64MB"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine the lake may use; 0 threads means every core, "" DuckDB's own memory limit."""

    threads: int = 0
    memory_limit: str = ""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table: its name in the table's folder, its rows and its bytes."""

    name: str
    rows: int
    size: int


@contextmanager
def workbench(scratch: Path, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that spills into `scratch`, a folder that is emptied before and after.

    Only one process may use a scratch folder at a time: what a killed one left there goes first.
    """
    import duckdb  # heavy: only when rows are written

    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "preserve_insertion_order": False,
        "temp_directory": str(scratch / "spill"),
    }
    if limits.threads:
        config["threads"] = limits.threads
    if limits.memory_limit:
        config["memory_limit"] = limits.memory_limit
    connection = duckdb.connect(config=config)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()
        shutil.rmtree(scratch, ignore_errors=True)


def write(connection: duckdb.DuckDBPyConnection, sql: str, scratch: Path, folder: Path) -> tuple[DataFile, ...]:
    """Run a query into new Parquet files of `folder`, complete and on disk when this returns.

    A file appears there under its name only when it is whole.
    """
    staged = scratch / uuid.uuid4().hex
    options = f"format parquet, compression zstd, file_size_bytes '{_FILE_SIZE}', return_stats true"
    rows = connection.execute(f"copy ({sql}) to {literal(str(staged))} ({options})").fetchall()
    files = [_move(Path(row[0]), folder, rows=int(row[1])) for row in rows if row[1]]
    sync(folder)
    return tuple(files)


def _move(staged: Path, folder: Path, *, rows: int) -> DataFile:
    sync(staged)
    name = f"{uuid.uuid4().hex}.parquet"
    os.rename(staged, folder / name)
    return DataFile(name, rows, (folder / name).stat().st_size)


def sync(path: Path) -> None:
    """Ask the system to put a file, or a folder's list of names, on disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_safely(path: Path, text: str) -> None:
    """Write a small text file so that a crash leaves the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with open(half, "x", encoding="utf-8", opener=_private) as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(half, path)
    sync(path.parent)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("O'Hara")
    "'O''Hara'"
    """
    return "'" + text.replace("'", "''") + "'"


def parquet(paths: Iterable[Path | str], *, options: str = "") -> str:
    """SQL that reads some Parquet files.

    >>> parquet(["a.parquet", "b.parquet"])
    "read_parquet(['a.parquet', 'b.parquet'])"
    """
    listed = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{listed}]{', ' + options if options else ''})"

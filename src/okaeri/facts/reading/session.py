"""The DuckDB session of one import: UTC, limited, spilling into a folder of its own that is gone afterwards."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb

from okaeri.facts.reading.source import Connection, sql_text
from okaeri.facts.workspace import Workspace


@contextmanager
def session(workspace: Workspace) -> Iterator[tuple[Connection, Path]]:
    """A connection that knows how values are written, and a scratch folder inside the workspace."""
    _sweep(workspace.path)
    folder = Path(tempfile.mkdtemp(prefix=f"{_mine()}{os.getpid()}-", dir=workspace.path))
    connection = duckdb.connect()
    try:
        settings = workspace.settings
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        connection.execute(f"set temp_directory = {sql_text(folder / 'spill')}")
        if settings.threads:
            connection.execute(f"set threads = {settings.threads}")
        if settings.memory_limit:
            connection.execute(f"set memory_limit = {sql_text(settings.memory_limit)}")
        connection.execute(files("okaeri.facts.reading").joinpath("values.sql").read_text("utf-8"))
        yield connection, folder
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _mine() -> str:
    return f".import-{platform.node()}-"


def _sweep(workspace: Path) -> None:
    """Remove what imports on this machine left behind when they were killed."""
    for left in workspace.glob(f"{_mine()}*"):
        number = left.name.removeprefix(_mine()).split("-")[0]
        if number.isdigit() and not _is_running(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

"""How many CSV rows a second become validated facts in the lake."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime

from rich.table import Table

from bench.data import OUT, Size, make_csv
from okaeri.facts.importing import import_file
from okaeri.facts.workspace import Workspace

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def importing(size: Size, *, repeat: int) -> Table:
    """The first import of a file and the same file again, in rows a second."""
    make_csv(size)
    table = Table("import", "seconds (best)", "rows/s", title=f"CSV of {size.orders:,} rows, 2 cores")
    first, again = [], []
    for _ in range(repeat):
        folder = OUT / "workspace"
        shutil.rmtree(folder, ignore_errors=True)
        workspace = Workspace.create(folder, zone="Asia/Tokyo", currency="JPY", threads=2)
        first.append(_seconds_a_row(workspace, size))
        again.append(_seconds_a_row(workspace, size))
    for name, seconds in (("first time", min(first)), ("the same file again", min(again))):
        table.add_row(name, f"{seconds * size.orders:.2f}", f"{1 / seconds:,.0f}")
    return table


def _seconds_a_row(workspace: Workspace, size: Size) -> float:
    began = time.perf_counter()
    summary = import_file(workspace, size.csv, table="orders", now=NOW)
    assert summary.quarantined == 0
    return (time.perf_counter() - began) / summary.read

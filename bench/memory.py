"""How much memory the demo takes from its first line to the last job, and once it rests."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from rich.table import Table

from bench.family import memory_of

PORT, EVERY_SECONDS, MOST_SECONDS, REST_SECONDS = 8798, 0.25, 600, 10
INHERITED = ("OMP_NUM_THREADS", "OKAERI_DATABASE")  # the demo chooses for itself


def memory() -> Table:
    """The most that the demo's processes held together (PSS, megabytes) while building and working; and at rest."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        program = Path(sys.executable).with_name("okaeri")
        command = [str(program), "demo", "--workspace", str(shop), "--port", str(PORT)]
        environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as demo:
            try:
                most = _watched(demo, shop)
            finally:
                demo.terminate()
    table = Table("while", "MB (PSS)", title="memory of the demo, all processes")
    for name, megabytes in most.items():
        table.add_row(name, f"{megabytes:.0f}")
    return table


def _watched(demo: subprocess.Popen[bytes], shop: Path) -> dict[str, float]:
    most = {"building": 0.0, "working": 0.0}
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until and demo.poll() is None:
        open_jobs = _open_jobs(shop)
        if open_jobs == 0:
            time.sleep(REST_SECONDS)
            return {**most, "at rest": memory_of(demo.pid)}
        name = "building" if open_jobs is None else "working"
        most[name] = max(most[name], memory_of(demo.pid))
        time.sleep(EVERY_SECONDS)
    raise SystemExit("The demo ended, or did not come to rest.")


def _open_jobs(shop: Path) -> int | None:
    """How many jobs wait or run; None before the first has begun."""
    store = shop / "okaeri.sqlite3"
    if not store.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=5)) as asked:
            states = [state for (state,) in asked.execute("select state from jobs_job")]
    except sqlite3.OperationalError:  # its tables are being made
        return None
    begun = {"running", "done", "failed"} & set(states)
    return sum(state in ("queued", "running") for state in states) if begun else None

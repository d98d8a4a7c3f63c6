"""What a shell waits for: `import okaeri`, and `okaeri measure` on the small demo."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from rich.table import Table

from bench.data import OUT
from okaeri.demo.building import build


def starting(*, repeat: int) -> Table:
    """Whole-process seconds, best of `repeat`."""
    folder = OUT / "demo"
    if not folder.exists():
        build(folder, size="small", end=date(2026, 10, 18), now=datetime(2026, 10, 19, tzinfo=UTC))
    okaeri = str(Path(sys.executable).parent / "okaeri")
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import okaeri": [sys.executable, "-c", "import okaeri"],
        "okaeri --help": [okaeri, "--help"],
        "okaeri measure crr": [okaeri, "measure", "crr", "--workspace", str(folder), "--json"],
    }
    table = Table("command", "seconds (best)", title="from the shell, small demo")
    for name, command in commands.items():
        table.add_row(name, f"{min(_seconds(command) for _ in range(repeat)):.2f}")
    return table


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began

"""The memory of a process and everything it started, as Linux counts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_GONE = (FileNotFoundError, ProcessLookupError)


def memory_of(process: int) -> float:
    """Megabytes held by a process and its descendants, what they share counted once (PSS)."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise SystemExit("Only Linux tells how much memory processes hold together.")
    return sum(map(_held, {process, *_descendants(process)}))


def _held(process: int) -> float:
    with suppress(*_GONE):  # it may have ended meanwhile
        roll = Path(f"/proc/{process}/smaps_rollup").read_text()
        return sum(int(line.split()[1]) for line in roll.splitlines() if line.startswith("Pss:")) * 1024 / 1e6
    return 0.0


def _descendants(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(*_GONE):
            for child in map(int, task.read_text().split()):
                yield child
                yield from _descendants(child)

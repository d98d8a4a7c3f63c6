"""The memory of a process and everything it started, as Linux counts it."""

from __future__ import annotations

from pathlib import Path


def memory_of(process: int) -> float:
    """Megabytes held by a process and its descendants, what they share counted once (PSS)."""
    return sum(_held(each) for each in (process, *_descendants(process)))


def _held(process: int) -> float:
    try:
        roll = Path(f"/proc/{process}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0.0
    return sum(int(line.split()[1]) for line in roll.splitlines() if line.startswith("Pss:")) / 1000


def _descendants(process: int) -> list[int]:
    try:
        lists = [task.read_text() for task in Path(f"/proc/{process}/task").glob("*/children")]
    except (FileNotFoundError, ProcessLookupError):
        return []
    found = [int(each) for one in lists for each in one.split()]
    return found + [more for each in found for more in _descendants(each)]

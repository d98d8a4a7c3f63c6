"""`python -m bench [--orders 1000000 10000000] [--repeat 3]`: everything side by side, as a table of ratios."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.accuracy import accuracy
from bench.clv import clv
from bench.contestants import CONTESTANTS, MOST_ORDERS
from bench.cost import cost, whole_report
from bench.data import Size, make, open_measurer
from bench.events import events
from bench.importing import importing
from bench.memory import memory
from bench.pages import pages
from bench.spark import on_spark
from bench.starting import starting

PARTS = ("metrics", "import", "start", "cost", "accuracy", "clv", "pages", "events", "memory", "spark")


def main() -> None:
    """Make the data, let everybody answer, print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory-limit", default="4GB")
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args()
    console = Console()
    if asked.only in (None, "metrics"):
        for orders in asked.orders:
            console.print(compare(Size(orders), repeat=asked.repeat, memory_limit=asked.memory_limit))
    if asked.only in (None, "import"):
        console.print(importing(Size(min(asked.orders)), repeat=asked.repeat))
    if asked.only in (None, "start"):
        console.print(starting(repeat=asked.repeat))
    if asked.only in (None, "cost"):
        console.print(cost(repeat=asked.repeat))
        console.print(whole_report())
    if asked.only in (None, "accuracy"):
        console.print(accuracy())
    if asked.only in (None, "clv"):
        for table in clv(repeat=asked.repeat):
            console.print(table)
    if asked.only in (None, "pages"):
        console.print(pages(Size(max(asked.orders))))
    if asked.only in (None, "events"):
        console.print(events())
    if asked.only in (None, "memory"):
        console.print(memory())
    if asked.only == "spark":  # minutes of Java; only when asked for
        console.print(on_spark(Size(max(asked.orders)), repeat=asked.repeat))


def compare(size: Size, *, repeat: int, memory_limit: str) -> Table:
    """Every contestant `repeat` times, taking turns so that a noisy minute hurts all alike."""
    make(size)
    open_measurer(size, memory_limit=memory_limit).engine.close()
    names = [name for name in CONTESTANTS if size.orders <= MOST_ORDERS.get(name, size.orders)]
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in names}
    for _ in range(repeat):
        for name in names:
            runs[name].append(_run(name, size, memory_limit))
    _agree(runs)
    best = {name: min(float(str(run["seconds"])) for run in done) for name, done in runs.items()}
    table = Table("who", "seconds (best)", "× okaeri", "peak MB", title=f"four answers over {size.orders:,} orders")
    for name, seconds in best.items():
        peak = max(float(str(run["peak_mb"])) for run in runs[name])
        table.add_row(name, f"{seconds:.2f}", f"{seconds / best['okaeri']:.1f}", f"{peak:,.0f}")
    return table


def _run(name: str, size: Size, memory_limit: str) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.one", name, str(size.orders), memory_limit]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _agree(runs: dict[str, list[dict[str, object]]]) -> None:
    """Stop when two contestants that answer the same questions differ."""
    expected = runs["okaeri"][0]["answer"]
    for name, done in runs.items():
        found = done[0]["answer"]
        if name != "lifetimes summary" and not _same(expected, found):
            raise SystemExit(f"{name} answers {found}, okaeri {expected}")


def _same(one: object, other: object) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    pairs: Sequence[tuple[float, float]] = [(one[key], other[key]) for key in one]
    return all(abs(a - b) <= 1e-9 * max(abs(a), 1) for a, b in pairs)


if __name__ == "__main__":
    main()

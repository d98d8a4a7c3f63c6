"""What each metric costs beside one scan of the columns it reads, and a whole report, on the medium demo."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

import okaeri as ok
from bench.data import OUT
from okaeri.demo.building import build
from okaeri.facts.contracts import TABLES
from okaeri.metrics import METRICS
from okaeri.metrics.measuring import Measurer

TWICE = 2.0
STORED = ("customer_days", "customer_totals", "customer_codes")


def cost(*, repeat: int) -> Table:
    """Every metric with nothing prepared: its time, that of scanning its columns once, and what it does besides."""
    shop = ok.open(_workspace())
    measurer = shop.measurer()
    rows = f"{sum(shop.tables().values()):,} rows"
    table = Table("metric", "ms", "scan ms", "× scan", "because of", title=f"cost by metric over {rows}")
    for name in METRICS:
        afresh = _afresh(measurer, name)
        result = afresh()
        seconds, scan = _best(afresh, repeat), _best(_scan(measurer, result.sql), repeat)
        ratio = seconds / scan
        table.add_row(
            name,
            f"{seconds * 1000:.0f}",
            f"{scan * 1000:.0f}",
            f"{ratio:.1f}",
            _why(result.sql) if ratio > TWICE else "",
        )
    return table


def whole_report() -> Table:
    """One `okaeri report` of every family, as its own process."""
    out = OUT / "report.html"
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "okaeri.cli", "report", "--workspace", str(_workspace()), "--out", str(out)],
        check=True,
        capture_output=True,
    )
    table = Table("what", "seconds", "MB", title="one report of the medium demo")
    table.add_row("every family, HTML", f"{time.perf_counter() - began:.1f}", f"{out.stat().st_size / 1e6:.1f}")
    return table


def _workspace() -> Path:
    made = OUT / "medium"
    if not made.exists():
        build(made, size="medium", now=datetime(2026, 10, 18, tzinfo=UTC))
    return made


def _why(sql: str) -> str:
    """What a scan does not do: joins, groupings by customer, and windows, which sort."""
    said = re.sub(r"--.*", "", sql)
    found = {
        "joins": len(re.findall(r"\bjoin\b", said)),
        "groupings by customer": len(re.findall(r"group by [^\n)]*customer", said)),
        "windows": len(re.findall(r"\bover \(", said)),
    }
    return ", ".join(f"{count} {what}" for what, count in found.items() if count)


def _afresh(measurer: Measurer, name: str) -> Callable[[], ok.MetricResult]:
    return lambda: Measurer(measurer.engine, measurer.facts).measure(name)


def _scan(measurer: Measurer, sql: str) -> Callable[[], object]:
    """One pass over the columns that the SQL of a result names, of each stored table it reads."""
    words = set(re.findall(r"\w+", re.sub(r"--.*", "", sql)))
    passes = []
    for table in (*STORED, *TABLES):
        if table not in words and f"local_{table}" not in words:
            continue
        shape = measurer.engine.query(f"select * from {table} limit 0").schema
        columns = [name for name in shape.names if name in words or {_stem(name, "day"), _stem(name, "minute")} & words]
        # a hash of each value, since a largest or a count would be read from the files' statistics
        read = ", ".join(f"bit_xor(hash({column}))" for column in columns) or "count(*)"
        passes.append(f"select {read} from {table}")
    return lambda: [measurer.engine.query(each) for each in passes]


def _stem(column: str, ending: str) -> str:
    return f"{column.rsplit('_', 1)[0]}_{ending}"


def _best(ask: Callable[[], object], repeat: int) -> float:
    spent = []
    for _ in range(repeat):
        began = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - began)
    return min(spent)

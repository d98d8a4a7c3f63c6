"""How long people wait for a page of the web application, with millions of orders in the lake behind it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict
from urllib.request import Request, urlopen

from rich.table import Table

from bench.data import OUT, ZONE, Size, make
from bench.family import memory_of
from okaeri.web.project.sparing import SPARING

PORT, VISITS = 8799, 60


class Ready(TypedDict):
    """What `bench.pages_ready` prints."""

    workspace: str
    session: str
    paths: list[str]
    measuring: float
    filling: float
    written: int


def pages(size: Size) -> Table:
    """Milliseconds per page (median and 95th percentile of visits one after another), and the server's memory."""
    make(size)
    ready = _prepared(size)
    table = Table("page", "median ms", "p95 ms", "kB", title=f"pages over {size.orders:,} orders")
    with _served(Path(ready["workspace"])) as process:
        for path in ready["paths"]:
            times, length = _visited(path, ready["session"])
            shown = (f"{1000 * statistics.median(times):.0f}", f"{1000 * _p95(times):.0f}", f"{length / 1000:.0f}")
            table.add_row(path, *shown)
        table.caption = (
            f"measured in {ready['measuring']:.0f} s; {ready['written']:,} customers written to the directory in "
            f"{ready['filling']:.0f} s; the server holds {memory_of(process):.0f} MB (PSS)"
        )
    return table


def _prepared(size: Size) -> Ready:
    folder = OUT / f"web-{size.orders}"
    command = [sys.executable, "-m", "bench.pages_ready", str(folder), str(size.parquet), ZONE]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=_environment(folder))
    answer: Ready = json.loads(done.stdout.splitlines()[-1])
    return answer


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, **SPARING, "OKAERI_WORKSPACE": str(folder)}


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(PORT), "--workers", "1"]
    command += ["--blocking-threads", "4", "--log-level", "error", "okaeri.web.project.wsgi:application"]
    with subprocess.Popen(command, env=_environment(folder)) as server:
        try:
            _wait()
            yield server.pid
        finally:
            server.terminate()


def _wait() -> None:
    for _attempt in range(100):
        try:
            urlopen(f"http://127.0.0.1:{PORT}/account/login/").close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def _visited(path: str, session: str) -> tuple[list[float], int]:
    asked = Request(f"http://127.0.0.1:{PORT}{path}", headers={"Cookie": f"okaeri_session={session}"})
    times, length = [], 0
    for visit in range(VISITS + 5):
        began = time.perf_counter()
        with urlopen(asked) as answer:
            length = len(answer.read())
        if visit >= 5:
            times.append(time.perf_counter() - began)
    return times, length


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]

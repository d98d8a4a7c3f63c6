"""DuckDB beside Spark on one worker and on two, each with one core, over the same orders and on this machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from bench.contestants import four_answers
from bench.data import OUT, Size, make, measurer_on
from okaeri.engines.duckdb import DuckDB
from okaeri.engines.engine import Engine
from okaeri.engines.spark import Spark
from tests.engines.spark_cluster import HOST, cluster

DUCKDB = ("duckdb, 1 thread", "duckdb, 2 threads")
WORKERS = {"spark, 1 worker": 1, "spark, 2 workers": 2}
STEPS = ("start", "build", "ask", "ask again")
Timed = dict[str, float]


def on_spark(size: Size, *, repeat: int) -> Table:
    """The best of `repeat` runs of each, in seconds and as a multiple of DuckDB with both cores."""
    make(size)
    best: dict[str, Timed] = {}
    answers = set()
    for name in (*DUCKDB, *WORKERS) * repeat:
        timed, answer = _in_a_process(name, size)
        best[name] = {step: min(timed[step], best.get(name, timed)[step]) for step in STEPS}
        answers.add(json.dumps({key: float(f"{value:.9g}") for key, value in answer.items()}, sort_keys=True))
    if len(answers) != 1:
        raise SystemExit(f"the engines differ: {answers}")
    table = Table("engine", *(f"{step} s" for step in STEPS), "build ×", "ask ×", title=f"{size.orders:,} orders")
    usual = best[DUCKDB[1]]
    for name, timed in best.items():
        ratios = (f"{timed[step] / usual[step]:.1f}" for step in ("build", "ask"))
        table.add_row(name, *(f"{timed[step]:.2f}" for step in STEPS), *ratios)
    return table


def _in_a_process(name: str, size: Size) -> tuple[Timed, dict[str, float]]:
    """A JVM that has warmed up would help whoever comes second."""
    command = [sys.executable, "-m", "bench.spark", name, str(size.orders)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    timed, answer = json.loads(done.stdout.splitlines()[-1])
    return timed, answer


def main(name: str, orders: str) -> None:
    """Time one engine and print its seconds and its answers."""
    size = Size(int(orders))
    if name in WORKERS:
        with tempfile.TemporaryDirectory() as logs, cluster(Path(logs), workers=WORKERS[name], memory="5g") as master:
            section = {
                "master": master,
                "spark.driver.host": HOST,
                "spark.driver.bindAddress": HOST,
                "spark.executor.memory": "4g",
                "spark.sql.shuffle.partitions": "8",
            }
            print(json.dumps(_timed(lambda: Spark(section), size)))
    else:
        threads = DUCKDB.index(name) + 1
        print(json.dumps(_timed(lambda: DuckDB(threads=threads, memory_limit="4GB", spill=OUT / "spill"), size)))


def _timed(start: Callable[[], Engine], size: Size) -> tuple[Timed, dict[str, float]]:
    """Starting, deriving from raw orders, four answers, and the same four by a new measurer."""
    folder = Path(tempfile.mkdtemp(dir=OUT, prefix="spark-"))
    marks = [time.perf_counter()]
    try:
        engine = start()
        marks.append(time.perf_counter())
        measurer = measurer_on(engine, size, folder)
        marks.append(time.perf_counter())
        answer = four_answers(measurer)
        marks.append(time.perf_counter())
        engine.close()
        engine = start()
        again = measurer_on(engine, size, folder)
        assert four_answers(again).keys() == answer.keys()
        marks.append(time.perf_counter())
        engine.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {step: marks[place + 1] - marks[place] for place, step in enumerate(STEPS)}, answer


if __name__ == "__main__":
    main(*sys.argv[1:])

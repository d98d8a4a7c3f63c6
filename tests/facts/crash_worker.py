"""A process that works on a lake until it is killed: what it does step by step, and a server that forks it.

Forking a server that has everything loaded makes a kill cost milliseconds; it starts no thread before it forks.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deltalake  # noqa: F401 - loaded before the fork
import duckdb  # noqa: F401 - loaded before the fork
import pyarrow.parquet  # noqa: F401 - loaded before the fork

from okaeri.facts.lake import Lake
from okaeri.facts.parquet import Limits
from tests.facts.lakes import NOON, batch, order

Rows = dict[str, tuple[str, float]]
_BATCH = 20


def batch_of(worker: str, step: int) -> list[dict[str, Any]]:
    """Step by step other orders, and two earlier orders with another amount."""
    fresh = [order(f"{worker}-{step}-{n}", _customer(worker, step, n), amount=float(step)) for n in range(_BATCH)]
    again = [order(f"{worker}-{step - 2}-{n}", f"{worker}-regular", amount=float(step)) for n in (5, 6) if step > 1]
    return fresh + again


def _customer(worker: str, step: int, n: int) -> str:
    return victim_of(worker, step) if n < 3 else f"{worker}-regular"


def victim_of(worker: str, step: int) -> str:
    """The customer who comes with a step's batch and may be erased by the next step."""
    return f"victim-{worker}-{step}."


def after(kind: str, worker: str, step: int, rows: Rows) -> Rows:
    """What a worker's rows must be once this step is done."""
    if kind == "compact" and step % 2:
        return rows
    if kind == "erase" and step % 2:
        gone = victim_of(worker, step - 1)
        return {name: row for name, row in rows.items() if row[0] != gone}
    kept = {row["order_id"]: (row["customer_id"], row["amount"]) for row in batch_of(worker, step)}
    return {**rows, **kept}


def do(kind: str, lake: Lake, worker: str, step: int) -> None:
    if kind == "compact" and step % 2:
        lake.compact("orders", now=NOON)
    elif kind == "erase" and step % 2:
        lake.forget(victim_of(worker, step - 1), now=NOON)
    else:
        lake.land("orders", batch(batch_of(worker, step)), batch_id=f"{worker}-{step}", now=NOON)


def work(task: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Step after step, each said aloud once it is done, for ever."""
    step = task["step"]
    lake = Lake(Path(task["lake"]), limits=Limits(threads=1))
    while True:
        do(task["kind"], lake, task["worker"], step)
        say({"done": step})
        step += 1


def _say(message: dict[str, Any]) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")


def _serve() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                work(json.loads(line), _say)
            except BaseException as error:
                _say({"error": repr(error)})
                os._exit(1)
        _say({"pid": child})
        os.waitpid(child, 0)
        _say({"dead": child})


if __name__ == "__main__":
    _serve()

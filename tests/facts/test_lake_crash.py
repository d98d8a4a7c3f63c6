"""A process killed at any moment leaves the lake as after its last finished step, or the next; never in between."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from okaeri.facts.lake import Lake
from okaeri.facts.parquet import Limits
from tests.facts.crash_worker import Rows, after, victim_of
from tests.facts.lakes import query

pytestmark = [pytest.mark.crash, pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")]
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = {"import": 40, "compact": 30, "erase": 35}


class Worker:
    """A forking server, and what its children have acknowledged."""

    def __init__(self, name: str, kind: str, lake: Path) -> None:
        self.name, self.kind, self.lake = name, kind, lake
        self.steps = 0
        self.rows: Rows = {}
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.facts.crash_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
        )

    def start(self) -> None:
        assert self.server.stdin
        order = {"kind": self.kind, "lake": str(self.lake), "worker": self.name, "step": self.steps}
        self.server.stdin.write(json.dumps(order) + "\n")
        self.server.stdin.flush()

    def kill(self, chance: random.Random) -> None:
        """Let it finish a step or none, then kill it somewhere in the next one."""
        pid, wanted, began = None, chance.choice([0, 1]), time.monotonic()
        while wanted or pid is None:
            message = self._hear()
            pid = message.get("pid", pid)
            wanted -= 1 if "done" in message and wanted else 0
        time.sleep(chance.random() * max(0.06, (time.monotonic() - began) / 2))
        os.kill(pid, signal.SIGKILL)
        while "dead" not in self._hear():
            pass

    def _hear(self) -> dict[str, Any]:
        assert self.server.stdout
        message: dict[str, Any] = json.loads(self.server.stdout.readline())
        assert "error" not in message, message
        if "done" in message:
            self.rows = after(self.kind, self.name, message["done"], self.rows)
            self.steps = message["done"] + 1
        return message

    def check(self, found: Rows) -> None:
        """What is in the lake is what it acknowledged, or that and the step it was killed in."""
        next_step = after(self.kind, self.name, self.steps, self.rows)

        assert found in (self.rows, next_step)
        self.rows = found

    def close(self) -> None:
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.close()
        self.server.wait()
        self.server.stdout.close()


@pytest.fixture
def workers(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[Worker]]:
    started = [Worker(name, request.param, tmp_path / "lake") for name in ("aki", "minjun")]
    yield started
    for worker in started:
        worker.close()


@pytest.mark.parametrize("workers", list(ROUNDS), indirect=True)
def test_a_killed_process_loses_nothing_doubles_nothing_and_leaves_nobody_half_erased(workers: list[Worker]) -> None:
    kind, path = workers[0].kind, workers[0].lake
    chance = random.Random(f"kill {kind}")

    for _ in range(ROUNDS[kind]):
        for worker in workers:
            worker.start()
        for worker in chance.sample(workers, len(workers)):
            worker.kill(chance)
        found = _rows(Lake(path, limits=Limits(threads=1)))
        for worker in workers:
            worker.check({name: row for name, row in found.items() if name.startswith(worker.name)})
        assert not _half_erased(path, workers, found)

    assert all(worker.steps > ROUNDS[kind] // 3 for worker in workers)
    assert not list(path.glob("erasures/*.pending"))


def _rows(lake: Lake) -> Rows:
    files = lake.files("orders")
    listed = query("select order_id, customer_id, amount from lake", files) if files else []
    rows = {name: (customer, amount) for name, customer, amount in listed}
    assert len(rows) == len(listed) == lake.rows("orders")
    return rows


def _half_erased(lake: Path, workers: list[Worker], found: Rows) -> set[str]:
    """Customers who had landed, have no row any more, and are on disk all the same: in an old file or half a one."""
    landed = {victim_of(worker.name, step) for worker in workers for step in range(0, worker.steps, 2)}
    gone = landed - {customer for customer, _ in found.values()} if workers[0].kind == "erase" else set()
    on_disk = query("select distinct customer_id from lake", list(lake.glob("orders/*.parquet"))) if gone else []
    return gone & {name for (name,) in on_disk}

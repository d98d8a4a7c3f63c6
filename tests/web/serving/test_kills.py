"""Whatever is killed, whenever: it is started again, and every piece of work is done exactly once in effect."""

from __future__ import annotations

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from okaeri.facts.lake import Lake
from okaeri.web.project.supervising import answers
from tests.web.serving.processes import descendants, is_running, wait_for

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("OKAERI_KILLS", "12"))
JOBS = 3 * KILLS
pytestmark = [
    pytest.mark.crash,
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are found in /proc"),
]


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(workspace: Path, port: int) -> dict[str, str]:
    """A process's surroundings: the workspace, the port, and the settings with the room that counts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OKAERI_")}
    return kept | {
        "OKAERI_WORKSPACE": str(workspace),
        "OKAERI_LISTEN": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "tests.web.serving.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture
def serving(environment: dict[str, str]) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts the supervisor of both; whatever is left at the end is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.web.serving.supervised", "web", "worker"]
        started.append(subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def states(workspace: Path) -> dict[str, int]:
    """How many jobs are in each state."""
    with closing(sqlite3.connect(workspace / "okaeri.sqlite3", timeout=20)) as store:
        return dict(store.execute("select state, count(*) from jobs_job where kind = 'land_one' group by state"))


def ask(environment: dict[str, str], count: int) -> None:
    subprocess.run([sys.executable, "-m", "okaeri.web", "ask", str(count)], env=environment, cwd=ROOT, check=True)


def test_work_survives_any_number_of_kills_and_is_done_once(
    workspace: Path, environment: dict[str, str], port: int, serving: Callable[[], subprocess.Popen[bytes]]
) -> None:
    ask(environment, JOBS)
    supervisor, chance = serving(), random.Random(7)
    killed, orphans = 0, list[int]()
    while killed < KILLS and states(workspace).get("done", 0) < JOBS:
        time.sleep(chance.uniform(0.1, 1.5))
        below = descendants(supervisor.pid)
        # every fifth time both at once, with whoever watches over them
        victims = [supervisor.pid] if killed % 5 == 4 else chance.sample(below, k=min(1, len(below)))
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                killed += 1
        if supervisor.pid in victims:
            orphans += below
            supervisor.wait()
            supervisor = serving()
    wait_for(lambda: states(workspace) == {"done": JOBS}, seconds=60 + JOBS)
    wait_for(lambda: answers(f"127.0.0.1:{port}"), seconds=30)

    wait_for(lambda: not [pid for pid in orphans if is_running(pid)], seconds=10)

    assert killed > 0
    assert Lake(workspace / "lake").rows("orders") == JOBS


def test_both_end_when_they_are_asked_to(
    workspace: Path, environment: dict[str, str], port: int, serving: Callable[[], subprocess.Popen[bytes]]
) -> None:
    ask(environment, 2)
    supervisor = serving()
    wait_for(lambda: answers(f"127.0.0.1:{port}") and states(workspace) == {"done": 2}, seconds=60)
    below = descendants(supervisor.pid)

    supervisor.send_signal(signal.SIGTERM)
    code = supervisor.wait(20)

    assert len(below) >= 5  # the server and its process; the worker, and those that feed it and listen to it
    assert code == 0
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_the_process_that_forks_holds_no_drawing_library(environment: dict[str, str]) -> None:
    code = (
        "import sys, django; django.setup(); import okaeri.web.core.jobs.cluster, okaeri.web.core.jobs.broker;"
        "print(sorted({'vl_convert', 'altair', 'lightgbm', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    settings = {**environment, "DJANGO_SETTINGS_MODULE": "okaeri.web.project.settings"}
    ran = subprocess.run([sys.executable, "-c", code], env=settings, cwd=ROOT, capture_output=True, text=True)

    assert ran.stdout.strip() == "[]", ran.stderr

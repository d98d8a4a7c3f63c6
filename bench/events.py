"""How many events a second are accepted over HTTP, each durable before the answer, and how soon they are facts.

One web process and one client on one machine, batches of 100 as the clients send them; then one flusher.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table

from bench.data import OUT
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace

BATCH, BATCHES, CLIENTS = 100, 600, 2
POSTGRES = "OKAERI_BENCH_POSTGRES"
_MAKE_KEY = """
from django.utils import timezone
from okaeri.web.core.events.services import add_source
print(add_source(f"bench {timezone.now()}", by=None, now=timezone.now())[1])
"""
_FLUSH = """
import time
from datetime import UTC, datetime
from pathlib import Path
from okaeri.web.core.events.flushing import flush_all
began = time.perf_counter()
flush_all(now=datetime.now(UTC))
seconds = time.perf_counter() - began
print(seconds, int(Path("/proc/self/status").read_text("ascii").split("VmHWM:")[1].split()[0]) / 1024)
"""


def events() -> Table:
    """Events a second on SQLite, and on PostgreSQL when OKAERI_BENCH_POSTGRES names a database for it."""
    table = Table("store", "step", "events/s", "peak MB", title=f"{BATCH * BATCHES:,} events in batches of {BATCH}")
    stores = {"SQLite": "", **({"PostgreSQL": os.environ[POSTGRES]} if os.environ.get(POSTGRES) else {})}
    for name, database in stores.items():
        for step, rate, peak_mb in _measured(database):
            table.add_row(name, step, f"{rate:,.0f}", f"{peak_mb:,.0f}")
    return table


def _measured(database: str) -> Iterator[tuple[str, float, float]]:
    folder = OUT / "events"
    shutil.rmtree(folder, ignore_errors=True)
    workspace = Workspace.create(folder, zone="Asia/Tokyo", currency="JPY")
    environment = {**os.environ, "OKAERI_WORKSPACE": str(folder), "OKAERI_DATABASE": database}
    _okaeri(environment, "migrate", "--verbosity", "0")
    key = _okaeri(environment, "shell", "--no-imports", "-c", _MAKE_KEY)
    with _serving(environment) as (port, pid):
        _send(port, key, "warm", batches=20)
        began = time.perf_counter()
        _send(port, key, "bench", batches=BATCHES)
        seconds = time.perf_counter() - began
        yield "accepted over HTTP", BATCH * BATCHES / seconds, _peak_mb(pid)
    seconds, peak_mb = map(float, _okaeri(environment, "shell", "--no-imports", "-c", _FLUSH).split())
    landed = Lake(workspace.lake_path).rows("events")
    assert landed == BATCH * (BATCHES + 20), f"{landed} events landed"
    yield "brought into the lake", landed / seconds, peak_mb


def _okaeri(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "okaeri.web", *words]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()[-1] if done.stdout else ""


@contextmanager
def _serving(environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The web application on a free port, with the number of the process that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = str(Path(sys.executable).parent / "granian")
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws", "--port", str(port)]
    server = subprocess.Popen(
        [granian, *options, "okaeri.web.project.wsgi:application"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port)
        yield port, _worker_of(server.pid)
    finally:
        server.terminate()
        server.wait(30)


def _await(port: int) -> None:
    for _ in range(300):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start.")


def _worker_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return max((int(each) for each in children), key=_peak_mb, default=pid)


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in status else 0.0


def _send(port: int, key: str, name: str, *, batches: int) -> None:
    bodies = [_batch(name, number) for number in range(batches)]
    headers = {
        "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
        "Content-Type": "application/json",
    }
    failed: list[object] = []

    def work(mine: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for body in mine:
            connection.request("POST", "/v1/batch", body, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if told.get("accepted") != BATCH:
                failed.append(told)
        connection.close()

    threads = [threading.Thread(target=work, args=(bodies[place::CLIENTS],)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[0]


def _batch(name: str, number: int) -> bytes:
    """A hundred events with what a client of a web shop says around them."""
    context = {"library": {"name": "analytics-python", "version": "2.4.0"}, "ip": "203.0.113.7"}
    messages = [
        {
            "type": "track",
            "messageId": f"{name}-{number}-{place}",
            "userId": f"customer-{(number * BATCH + place) % 5000}",
            "event": ("Product Viewed", "Product Added", "Signed In", "Products Searched")[place % 4],
            "timestamp": "2026-05-01T09:30:00.000Z",
            "properties": {"product_id": f"p{place}", "price": 1980, "currency": "JPY", "list": "春の新作"},
            "context": context,
            "integrations": {},
        }
        for place in range(BATCH)
    ]
    return json.dumps({"batch": messages, "sentAt": "2026-05-01T09:30:01.000Z"}).encode()

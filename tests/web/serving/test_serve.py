"""`okaeri serve` as people start it: killed anywhere it starts again, and no event is lost or there twice.

The same holds for a backup that is taken while it is at work. A few kills run with the tests; OKAERI_SERVE_KILLS=300
asks for as many as one wants to wait for.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from okaeri.facts.lake import Lake
from tests.conftest import ROOT
from tests.web.events.senders import Sender, check_facts, stop
from tests.web.serving.processes import descendants, is_running, wait_for

KILLS = int(os.environ.get("OKAERI_SERVE_KILLS", "3"))
CUT_OFF = max(1, KILLS // 10)
PER_START = 8
SENDERS = 3
WAITING = "select count(*) from events_delivery"
TAKEN = "select seq from sqlite_sequence where name = 'events_delivery'"
WHO = ("web", "web", "worker", "worker", "anybody")
WHOM_AT_LAST = ("supervisor", "everybody", "everybody")
pytestmark = [
    pytest.mark.crash,
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are found in /proc"),
]
_PREPARE = """
from django.utils import timezone
from okaeri.web.core.events.services import add_source
from okaeri.web.core.people.models import User
from okaeri.web.project.preparing import prepare_store
prepare_store()
aki = User.objects.create_user("aki@komorebi.example", None, name="Aki", role="owner")
print(add_source("Web shop", by=aki, now=timezone.now())[1])
"""


class Served:
    """A workspace that `okaeri serve` serves, and who of its processes is killed when."""

    def __init__(self, folder: Path, log: Path) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder, self.log, self.chance = folder, log, random.Random("serve")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OKAERI_", "DJANGO_"))}
        self.environment = {**kept, "OKAERI_WORKSPACE": str(folder), "PYTHONPATH": str(ROOT / "src")}
        self.key = ""
        self.supervisor: subprocess.Popen[str] | None = None
        self.killed: list[str] = []

    def run(self, module: str, *words: str, within: Path | None = None, code: int = 0) -> str:
        around = {**self.environment, "OKAERI_WORKSPACE": str(within or self.folder)}
        command = [sys.executable, "-m", module, *words]
        ran = subprocess.run(command, env=around, cwd=ROOT, capture_output=True, text=True)
        assert ran.returncode == code, ran.stderr
        return ran.stdout

    def furnish(self) -> None:
        """Make the tables, an account and a key to send with."""
        self.key = self.run("okaeri.web", "shell", "--no-imports", "-c", _PREPARE).splitlines()[-1]

    def begin(self) -> subprocess.Popen[str]:
        """As people start it; does not wait until it answers."""
        command = [sys.executable, "-m", "okaeri.cli", "serve", "--workspace", str(self.folder), "--json"]
        command += ["--port", str(self.port)]
        with self.log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
            )
        return self.supervisor

    def start(self) -> None:
        """Begin, and wait for the address, which is said once it answers."""
        stdout = self.begin().stdout
        assert stdout
        said = stdout.readline()
        assert said and json.loads(said)["address"].endswith(f":{self.port}"), self.log.read_text("utf-8", "replace")

    def kill(self, who: str) -> None:
        """Kill one process of those named, with -9; the supervisor alone, or everybody at once, ends this start."""
        assert self.supervisor
        below = descendants(self.supervisor.pid)
        parts = {"web": _named(below, "listening"), "worker": _named(below, " worker"), "anybody": below}
        top = {"supervisor": [self.supervisor.pid], "everybody": [self.supervisor.pid, *below]}
        victims = top.get(who) or self.chance.sample(parts[who], k=min(1, len(parts[who])))
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        self.killed += [who] if victims else []
        if who in top:
            self.supervisor.communicate()
            wait_for(lambda: not [pid for pid in below if is_running(pid)], seconds=10)

    def end(self) -> int:
        """Ask it to stop, as a terminal or the system does."""
        assert self.supervisor
        self.supervisor.terminate()
        self.supervisor.communicate(timeout=30)
        return self.supervisor.returncode


def counted(folder: Path, question: str) -> int:
    """One number from the operational store of a workspace."""
    with closing(sqlite3.connect(folder / "okaeri.sqlite3", timeout=20)) as store:
        return int(store.execute(question).fetchone()[0])


def _named(pids: list[int], words: str) -> list[int]:
    """Processes whose command line has these words, and those below them."""
    found: list[int] = []
    for pid in pids:
        with suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            found += [pid, *descendants(pid)] if words in line else []
    return found


@pytest.fixture
def served(workspace: Path, tmp_path: Path) -> Iterator[Served]:
    made = Served(workspace, tmp_path / "serve.log")
    yield made
    if made.supervisor and made.supervisor.poll() is None:
        made.end()


def kill_at_random(served: Served, *, kills: int) -> int:
    """Start it, kill some of it a few times and then all of it, and begin again; returns how often it was started."""
    starts = 0
    while len(served.killed) < kills:
        served.start()
        starts += 1
        for _ in range(min(PER_START, kills - len(served.killed)) - 1):
            time.sleep(served.chance.uniform(0, 1.2))
            served.kill(served.chance.choice(WHO))
        time.sleep(served.chance.uniform(0, 1.2))
        served.kill(served.chance.choice(WHOM_AT_LAST))
    return starts


def test_whatever_dies_under_serve_each_acknowledged_event_is_a_fact_exactly_once(served: Served) -> None:
    served.furnish()
    senders = [Sender(f"s{n}", port=served.port, key=served.key) for n in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        starts = kill_at_random(served, kills=KILLS)
        served.start()
    finally:
        sent, acknowledged = stop(senders)
    ended = served.end()
    served.run("okaeri.web", "flush_events")

    print(f"{len(served.killed)} kills, {starts + 1} starts, {len(sent)} sent, {len(acknowledged)} acknowledged")
    assert ended == 0
    assert len(acknowledged) > 4 * KILLS
    assert counted(served.folder, WAITING) == 0
    check_facts(Lake(served.folder / "lake"), sent, acknowledged)


def test_a_first_start_that_was_cut_off_anywhere_is_made_up_for_by_the_next(served: Served) -> None:
    for _ in range(CUT_OFF):
        served.begin()
        time.sleep(served.chance.uniform(0.5, 6))  # while settings are read, tables made, files gathered, parts begun
        served.kill("everybody")
    served.start()
    unmade = served.run("okaeri.web", "showmigrations", "--plan").count("[ ]")

    assert served.end() == 0
    assert unmade == 0


def test_a_backup_taken_at_work_is_one_state_of_both_stores(served: Served, tmp_path: Path) -> None:
    served.furnish()
    sender, again = Sender("s", port=served.port, key=served.key), tmp_path / "again"
    served.start()
    sender.start()
    try:
        wait_for(lambda: Lake(served.folder / "lake").rows("orders") > 0, seconds=60)
        before = set(sender.acknowledged)
        served.run("okaeri.cli", "backup", str(tmp_path / "kept.tar.gz"), "--workspace", str(served.folder))
        after = dict(sender.sent)
        refused = ["restore", str(tmp_path / "kept.tar.gz"), "--force", "--workspace", str(served.folder)]
        served.run("okaeri.cli", *refused, code=2)
    finally:
        stop([sender])
    served.run("okaeri.cli", "restore", str(tmp_path / "kept.tar.gz"), "--workspace", str(again))
    taken, landed = counted(again, TAKEN), Lake(again / "lake").rows("orders")
    waiting = counted(again, WAITING)
    served.run("okaeri.web", "flush_events", within=again)

    # a delivery is a batch with one order: what the store has let go of is in the lake, and nothing it never had
    assert taken - waiting <= landed <= taken
    assert Lake(again / "lake").rows("orders") == taken
    assert counted(again, WAITING) == 0
    check_facts(Lake(again / "lake"), after, before)

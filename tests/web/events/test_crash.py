"""kill -9 of the web process and of the flusher at any moment: what was acknowledged is a fact exactly once."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import okaeri
from okaeri.facts.lake import Lake
from tests.conftest import ROOT
from tests.web.events.senders import Sender, check_facts, stop

pytestmark = [pytest.mark.crash, pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")]
KILLS = int(os.environ.get("OKAERI_KILLS", "160"))
SENDERS = 2


class Shop:
    """A workspace whose web server and flusher live in children of one process, to be killed and started again."""

    def __init__(self, folder: Path) -> None:
        okaeri.create(folder, settings={"name": "Komorebi Coffee", "zone": "Asia/Tokyo", "currency": "JPY"})
        self.folder = folder
        self.environment = {
            **os.environ,
            "OKAERI_WORKSPACE": str(folder),
            "OKAERI_DATABASE": "",
            "DJANGO_SETTINGS_MODULE": "okaeri.web.project.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }
        self.key = self._okaeri("shell", "--no-imports", "-c", _PREPARE).splitlines()[-1]
        self.forker = subprocess.Popen(
            [sys.executable, "-m", "tests.web.events.crash_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment,
            cwd=ROOT,
            text=True,
        )
        self.port = int(self._hear()["port"])
        self.pids: dict[str, int] = {}

    def _okaeri(self, *words: str) -> str:
        command = [sys.executable, "-m", "okaeri.web", *words]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    def start(self, kind: str) -> None:
        self.pids[kind] = int(self._ask(start=kind)["pid"])

    def kill(self, kind: str) -> None:
        pid = self.pids.pop(kind)
        os.kill(pid, signal.SIGKILL)
        assert self.wait(pid) == -signal.SIGKILL

    def drain(self) -> None:
        self.start("drain")
        assert self.wait(self.pids.pop("drain")) == 0

    def wait(self, pid: int) -> int:
        return int(self._ask(wait=pid)["status"])

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self.forker.stdin
        self.forker.stdin.write(json.dumps(order) + "\n")
        self.forker.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.forker.stdout
        answer: dict[str, Any] = json.loads(self.forker.stdout.readline())
        return answer

    def close(self) -> None:
        for kind in list(self.pids):
            self.kill(kind)
        assert self.forker.stdin
        assert self.forker.stdout
        self.forker.stdin.close()
        self.forker.wait()
        self.forker.stdout.close()


_PREPARE = """
from django.core.management import call_command
from django.utils import timezone
from okaeri.web.core.events.services import add_source
from okaeri.web.core.people.models import User
call_command("migrate", verbosity=0)
aki = User.objects.create_user("aki@komorebi.example", None, name="Aki", role="owner")
print(add_source("Web shop", by=aki, now=timezone.now())[1])
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path / "crash")
    yield opened
    opened.close()


def test_whatever_is_killed_what_was_acknowledged_is_a_fact_exactly_once(shop: Shop) -> None:
    chance = random.Random("kill")
    senders = [Sender(f"s{n}", port=shop.port, key=shop.key) for n in range(SENDERS)]
    shop.start("web")
    shop.start("flush")
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0, 0.12))
        for kind in chance.choice([("web",), ("flush",), ("flush",), ("web", "flush")]):
            shop.kill(kind)
            shop.start(kind)
    sent, acknowledged = stop(senders)
    shop.kill("flush")
    shop.drain()

    assert len(acknowledged) > KILLS
    check_facts(Lake(shop.folder / "lake"), sent, acknowledged)
    with closing(sqlite3.connect(shop.folder / "okaeri.sqlite3")) as store:
        assert store.execute("select count(*) from events_delivery").fetchone() == (0,)

"""kill -9 of the web process and of the flusher at any moment: what was acknowledged is a fact exactly once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import okaeri
from okaeri.facts.lake import Lake
from tests.conftest import ROOT
from tests.web.events.conftest import basic

pytestmark = [pytest.mark.crash, pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")]
KILLS = int(os.environ.get("OKAERI_KILLS", "160"))
SENDERS = 2
GONE = (OSError, http.client.HTTPException)


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

    def send(self, messages: list[dict[str, Any]]) -> bool:
        """Whether the server said that it has them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Authorization": basic(self.key), "Content-Type": "application/json"}
            connection.request("POST", "/v1/batch", json.dumps({"batch": messages}), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            return bool(answer.status == 200 and told["accepted"] == len(messages))
        except (*GONE, ValueError):
            return False
        finally:
            connection.close()

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        files = list(Lake(self.folder / "lake").files(table))
        with duckdb.connect() as connection:
            return connection.sql(f"select {columns} from read_parquet({files})").fetchall()

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


class Sender(threading.Thread):
    """Sends batch after batch, and some of those that nobody answered a second time; knows what was acknowledged."""

    def __init__(self, shop: Shop, name: str) -> None:
        super().__init__(name=name)
        self.shop, self.chance = shop, random.Random(name)
        self.over = threading.Event()
        self.sent: dict[str, dict[str, Any]] = {}
        self.acknowledged: set[str] = set()

    def run(self) -> None:
        for step in range(100_000):
            if self.over.is_set():
                return
            batch = _batch(self.name, step)
            self.sent |= {each["messageId"]: each for each in batch}
            for _ in range(self.chance.choice([1, 3])):
                if self.shop.send(batch):
                    self.acknowledged |= {each["messageId"] for each in batch}
                    break
                time.sleep(0.01)


def _batch(name: str, step: int) -> list[dict[str, Any]]:
    """A visitor comes, buys, and says who they are; each step another one."""
    visitor, customer = f"v-{name}-{step}", f"{name}-{step}"
    order = {"order_id": f"o-{name}-{step}", "total": step, "currency": "JPY"}
    return [
        {"type": "page", "messageId": f"p-{name}-{step}", "anonymousId": visitor, "name": "Home"},
        {"type": "identify", "messageId": f"i-{name}-{step}", "userId": customer, "traits": {"step": step}},
        {"type": "track", "messageId": f"t-{name}-{step}", "userId": customer, "event": "Order Completed",
         "properties": order},
        {"type": "alias", "messageId": f"a-{name}-{step}", "previousId": f"v-{name}-{step - 1}",
         "userId": f"{name}-{step - 1}"},
    ]  # fmt: skip


def test_whatever_is_killed_what_was_acknowledged_is_a_fact_exactly_once(shop: Shop) -> None:
    chance, senders = random.Random("kill"), [Sender(shop, f"s{n}") for n in range(SENDERS)]
    shop.start("web")
    shop.start("flush")
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0, 0.12))
        for kind in chance.choice([("web",), ("flush",), ("flush",), ("web", "flush")]):
            shop.kill(kind)
            shop.start(kind)
    for sender in senders:
        sender.over.set()
    for sender in senders:
        sender.join()
    shop.kill("flush")
    shop.drain()

    sent = {name: each for sender in senders for name, each in sender.sent.items()}
    acknowledged = {name for sender in senders for name in sender.acknowledged}
    assert len(acknowledged) > KILLS
    _check(shop, sent, acknowledged)


def _check(shop: Shop, sent: dict[str, dict[str, Any]], acknowledged: set[str]) -> None:
    events = shop.rows("events", "event_id, customer_id")
    owners = dict(events)
    happened = {name for name, each in sent.items() if each["type"] in ("page", "track")}
    assert len(events) == len(owners)
    assert acknowledged & happened <= set(owners) <= happened
    aliased = {each["previousId"]: each["userId"] for name, each in sent.items() if name in acknowledged
               and each["type"] == "alias"}  # fmt: skip
    for name in acknowledged & happened:
        visitor = sent[name].get("anonymousId")
        assert owners[name] == aliased.get(visitor, owners[name]) if visitor else owners[name] == sent[name]["userId"]
    orders = shop.rows("orders", "order_id, amount")
    told = {name: each["properties"] for name, each in sent.items() if each.get("event")}
    assert len(orders) == len(dict(orders))
    assert {told[name]["order_id"] for name in told.keys() & acknowledged} <= dict(orders).keys()
    assert all(amount == float(name.rpartition("-")[2]) for name, amount in orders)
    known = dict(shop.rows("customers", "customer_id, attributes"))
    for name in acknowledged:
        if sent[name]["type"] == "identify":
            assert json.loads(known[sent[name]["userId"]]) == {"step": str(sent[name]["traits"]["step"])}
    store = sqlite3.connect(shop.folder / "okaeri.sqlite3")
    assert store.execute("select count(*) from events_delivery").fetchone() == (0,)
    store.close()

"""Programs that send while everything around them is killed: they know what was acknowledged, and it must be there."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from typing import Any

import duckdb

from okaeri.facts.lake import Lake
from tests.web.events.conftest import basic

Messages = dict[str, dict[str, Any]]
_GONE = (OSError, http.client.HTTPException, ValueError)
_PAUSE_SECONDS = 0.05  # after a batch that nobody answered


class Sender(threading.Thread):
    """Sends batch after batch, and some of those that nobody answered a second time; knows what was acknowledged."""

    def __init__(self, name: str, *, port: int, key: str) -> None:
        super().__init__(name=name)
        self.port, self.key, self.chance = port, key, random.Random(name)
        self.over = threading.Event()
        self.sent: Messages = {}
        self.acknowledged: set[str] = set()

    def run(self) -> None:
        for step in range(100_000):
            if self.over.is_set():
                return
            batch = _batch(self.name, step)
            self.sent |= {each["messageId"]: each for each in batch}
            for _ in range(self.chance.choice([1, 3])):
                if self._send(batch):
                    self.acknowledged |= {each["messageId"] for each in batch}
                    break
                time.sleep(_PAUSE_SECONDS)

    def _send(self, messages: list[dict[str, Any]]) -> bool:
        """Whether the server said that it has them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Authorization": basic(self.key), "Content-Type": "application/json"}
            connection.request("POST", "/v1/batch", json.dumps({"batch": messages}), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            return bool(answer.status == 200 and told["accepted"] == len(messages))
        except _GONE:
            return False
        finally:
            connection.close()


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


def stop(senders: list[Sender]) -> tuple[Messages, set[str]]:
    """End them all; returns every message that was sent, and the ids of those that were acknowledged."""
    for sender in senders:
        sender.over.set()
    for sender in senders:
        sender.join()
    sent = {name: each for sender in senders for name, each in sender.sent.items()}
    return sent, {name for sender in senders for name in sender.acknowledged}


def check_facts(lake: Lake, sent: Messages, acknowledged: set[str]) -> None:
    """Whatever was acknowledged is a fact, whatever is a fact was sent, and nothing is there twice."""
    events = _rows(lake, "events", "event_id, customer_id")
    owners = dict(events)
    happened = {name for name, each in sent.items() if each["type"] in ("page", "track")}
    assert len(events) == len(owners)
    assert acknowledged & happened <= set(owners) <= happened
    _check_owners(owners, sent, acknowledged)
    orders = _rows(lake, "orders", "order_id, amount")
    told = {name: each["properties"] for name, each in sent.items() if each.get("event")}
    assert len(orders) == len(dict(orders))
    assert {told[name]["order_id"] for name in told.keys() & acknowledged} <= dict(orders).keys()
    assert all(amount == float(name.rpartition("-")[2]) for name, amount in orders)
    known = dict(_rows(lake, "customers", "customer_id, attributes"))
    for name in acknowledged:
        if sent[name]["type"] == "identify":
            assert json.loads(known[sent[name]["userId"]]) == {"step": str(sent[name]["traits"]["step"])}


def _check_owners(owners: dict[str, str], sent: Messages, acknowledged: set[str]) -> None:
    """Each event belongs to who did it; a visitor's to the customer whom an acknowledged alias names."""
    aliases = [sent[name] for name in acknowledged if sent[name]["type"] == "alias"]
    aliased = {each["previousId"]: each["userId"] for each in aliases}
    for name in acknowledged & owners.keys():
        visitor = sent[name].get("anonymousId")
        assert owners[name] == aliased.get(visitor, owners[name]) if visitor else owners[name] == sent[name]["userId"]


def _rows(lake: Lake, table: str, columns: str) -> list[tuple[Any, ...]]:
    files = list(lake.files(table))
    with duckdb.connect() as connection:
        return connection.sql(f"select {columns} from read_parquet({files})").fetchall()

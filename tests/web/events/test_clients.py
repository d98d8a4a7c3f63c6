"""The clients that people have, unchanged: they send to us when they are given our address."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from okaeri.web.core.events.flushing import flush_all
from okaeri.web.core.events.models import Delivery, Refused
from tests.conftest import missing
from tests.web.events.conftest import NOON, Rows

NODE_CLIENT = "@segment/analytics-node@3.1.0"


@pytest.fixture(autouse=True)
def no_connection_outlives_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client keeps its line to the server, and so the server's thread and its connection to the test's database."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)


@pytest.mark.parametrize("gzip", [False, True])
def test_the_python_client_sends_to_us_unchanged(live_server: LiveServer, key: str, in_lake: Rows, gzip: bool) -> None:
    from segment.analytics.client import Client

    problems: list[object] = []
    client = Client(
        key, host=live_server.url, gzip=gzip, max_retries=1, on_error=lambda error, items: problems.append(error)
    )
    client.track(
        "mika", "Signed Up", {"plan": "年間"}, timestamp=datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC), message_id="p1"
    )
    client.identify("mika", {"plan": "annual"}, anonymous_id="v1", message_id="p2")
    client.page("mika", name="Home", message_id="p3")
    client.screen("mika", name="Basket", message_id="p4")
    client.group("mika", "g1", {"name": "Komorebi"}, message_id="p5")
    client.alias("v0", "mika", message_id="p6")
    client.track(None, "Basket Seen", anonymous_id="v1", message_id="p7")
    client.flush()
    client.join()

    assert problems == []
    assert not Refused.objects.exists()
    flush_all(now=NOON)
    assert in_lake("events", "event_id, customer_id, name") == [
        ("p1", "mika", "Signed Up"),
        ("p3", "mika", "Viewed Home Page"),
        ("p4", "mika", "Viewed Basket Screen"),
        ("p7", "mika", "Basket Seen"),
    ]
    said = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp()
    assert in_lake("events", "epoch(occurred_at)")[0][0] == pytest.approx(
        said, abs=15
    )  # and the time it was on its way
    attributes = {"plan": "annual", "group_id": "g1", "group.name": "Komorebi"}
    assert [(name, json.loads(each)) for name, each in in_lake("customers", "customer_id, attributes")] == [
        ("mika", attributes)
    ]


def test_the_python_client_hears_why_its_key_does_not_work(live_server: LiveServer, key: str) -> None:
    from segment.analytics.client import Client

    problems: list[Any] = []
    client = Client(
        "okw_" + "x" * 32, host=live_server.url, max_retries=0, on_error=lambda error, _: problems.append(error)
    )
    client.track("mika", "Signed Up")
    client.flush()
    client.join()

    assert [(each.status, each.code) for each in problems] == [(401, "wrong_key")]


@pytest.fixture(scope="session")
def node_client() -> Path:
    """A folder outside the repository in which the Node client is installed."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        missing("No npm or no node: install Node 20.")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "okaeri" / f"npm-{NODE_CLIENT.rpartition('@')[2]}"
    if not (folder / "node_modules" / "@segment" / "analytics-node").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(folder), "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run([npm, "install", *options, NODE_CLIENT], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            missing(f"npm could not install {NODE_CLIENT}: {done.stderr[-500:]}")
    return folder


def test_the_node_client_sends_to_us_unchanged(
    node_client: Path, live_server: LiveServer, key: str, in_lake: Rows
) -> None:
    script = Path(__file__).with_name("segment.mjs")
    environment = {**os.environ, "CLIENT": str(node_client), "KEY": key, "HOST": live_server.url}

    done = subprocess.run(["node", str(script)], env=environment, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert sum(each.messages for each in Delivery.objects.all()) == 7
    flush_all(now=NOON)
    assert in_lake("events", "event_id, customer_id, name") == [
        ("n1", "mika", "Basket Seen"),
        ("n3", "mika", "Viewed Home Page"),
        ("n4", "mika", "Viewed Basket Screen"),
        ("n7", "mika", "Order Completed"),
    ]
    assert in_lake("events", "event_id, properties")[0] == ("n1", '{"言語":"日本語"}')
    assert in_lake("orders", "order_id, amount") == [("A1", 30.0)]
    assert not Refused.objects.exists()

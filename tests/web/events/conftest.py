"""A shop that sends events."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.test import Client

from okaeri.facts.lake import Lake
from okaeri.web.core.events import services
from okaeri.web.core.people.models import User

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
Send = Callable[..., Any]
Rows = Callable[[str, str], list[tuple[Any, ...]]]


@pytest.fixture
def key(aki: User) -> str:
    """The write key of Aki's web shop."""
    return services.add_source("Web shop", by=aki, now=NOON)[1]


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@pytest.fixture
def send(key: str) -> Send:
    """Sends a body to a call as the web shop does."""

    def post(call: str, body: object, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given: Mapping[str, str] = {"Authorization": basic(key), **headers}
        client = Client(enforce_csrf_checks=True)
        return client.post(f"/v1/{call}", raw, content_type="application/json", headers=given)

    return post


@pytest.fixture
def in_lake(workspace: Path) -> Rows:
    """Asks a table of the lake for some columns, in the order of the first."""

    def ask(table: str, columns: str) -> list[tuple[Any, ...]]:
        files = Lake(workspace / "lake").files(table)
        if not files:
            return []
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.sql(f"select {columns} from read_parquet({list(files)}) order by all").fetchall()

    return ask


def track(message_id: str, event: str = "Signed Up", *, user: str | None = "mika", **more: Any) -> dict[str, Any]:
    found = {"type": "track", "messageId": message_id, "event": event, **more}
    return found | ({"userId": user} if user else {})

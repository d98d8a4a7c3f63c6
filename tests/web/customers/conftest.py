"""A few customers written by hand, and a directory filled from the coffee shop's lake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import okaeri
from okaeri.facts.contracts import TABLES
from okaeri.facts.lake import Lake
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.customers.syncing import sync_customers

NOW = datetime(2025, 3, 1, tzinfo=UTC)
Land = Callable[..., None]


@pytest.fixture
def land(workspace: Path) -> Land:
    """Lands customers in the lake: each an id and their attributes as JSON."""

    def bring(**attributes: str) -> None:
        rows: dict[str, Any] = {
            "customer_id": list(attributes),
            "joined_at": [datetime(2024, 1, 1, tzinfo=UTC)] * len(attributes),
            "attributes": list(attributes.values()),
        }
        table = pa.table(rows).cast(TABLES["customers"].arrow_schema())
        Lake(workspace / "lake").land("customers", table, batch_id=str(attributes), now=NOW)

    return bring


@pytest.fixture
def directory(coffee: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the coffee shop's 300 customers, on the day its facts end."""
    monkeypatch.setattr(okaeri, "open", partial(okaeri.open, clock=lambda: NOW))
    sync_customers(now=NOW)
    return coffee


@pytest.fixture
def known(db: None) -> Callable[..., Customer]:
    """Writes one customer into the directory as syncing would."""
    from okaeri.web.core.customers.profiles import profile_of

    def write(customer_id: str, attributes: str = "{}", **row: Any) -> Customer:
        blank = dict.fromkeys(("joined_at", "last_order_day", "leaving", "at_risk", "said_of"))
        blank |= dict.fromkeys(("leaving_low", "leaving_high"))
        texts = dict.fromkeys(("lifecycle", "rfm", "value_risk", "currency"), "")
        made = profile_of({"customer_id": customer_id, "attributes": attributes, "orders": 0, **blank, **texts, **row})
        made.save()
        return made

    return write

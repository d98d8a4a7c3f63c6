"""Signals as plain Python, for tests that hold them against something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from okaeri.base.calendar import Calendar
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.timetable import EPOCH
from okaeri.signals.history import History
from okaeri.signals.kind import Kind

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def measurer_over(tables: Mapping[str, Any], *, zone: str = "UTC", now: datetime = NOW) -> Measurer:
    """A measurer over columns of Python values."""
    arrow = {name: pa.table({column: list(values) for column, values in rows.items()}) for name, rows in tables.items()}
    return facts_of(arrow, calendar=Calendar(zone=zone), now=now)


def example_of(kind: Kind) -> History:
    """The history of a kind's own example."""
    example = kind.example
    return History(measurer_over(example.tables), cutoff=example.cutoff, presence=example.presence)


def seen_in(history: History, kind: Kind, *, until: date | None = None) -> dict[str, list[str]]:
    """Customer → the days on which a kind was seen, in order."""
    rows = history.of(kind).to_pylist()
    names = {row["customer"]: row["customer_id"] for row in codes(history)}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["customer"], row["day"])):
        day = EPOCH + timedelta(days=row["day"])
        if until is None or day <= until:
            found[names[row["customer"]]].append(day.isoformat())
    return dict(found)


def codes(history: History) -> list[dict[str, Any]]:
    """Codes and ids of all customers."""
    return list(history.measurer.engine.query("select * from customer_codes").to_pylist())

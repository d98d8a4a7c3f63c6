"""What the tests of import share: a clock, a header, and looks at what landed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import duckdb

from okaeri.facts.importing import ImportSummary
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace

NOW = datetime(2024, 6, 1, tzinfo=UTC)
Import = Callable[..., ImportSummary]
ORDERS = "order_id,customer_id,ordered_at,amount\n"


def rows(shop: Workspace, columns: str, *, table: str = "orders", order: str = "1") -> list[tuple[Any, ...]]:
    files = Lake(shop.lake_path).files(table)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(f"select {columns} from read_parquet(?) order by {order}", [list(files)]).fetchall()


def counts(summary: ImportSummary) -> tuple[int, int, int, int, int]:
    return summary.read, summary.new, summary.replaced, summary.unchanged, summary.quarantined


def quarantine_of(summary: ImportSummary) -> list[dict[str, str]]:
    assert summary.quarantine_file is not None
    with summary.quarantine_file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))

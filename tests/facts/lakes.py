"""What the lake's tests share: small batches of orders, and looking at a lake from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from okaeri.facts.contracts import TABLES
from okaeri.facts.parquet import parquet

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def order(order_id: str, customer_id: str = "Hana", *, amount: float = 10.0, day: int = 0) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "ordered_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day),
        "amount": amount,
        "currency": "JPY",
        "margin": None,
        "kind": "purchase",
    }


def batch(rows: Iterable[dict[str, Any]], *, table: str = "orders") -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TABLES[table].arrow_schema())


def query(sql: str, files: Sequence[str | Path]) -> list[tuple[Any, ...]]:
    """Rows of `sql` over `lake`, the rows of some files."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.execute(f"create view lake as from {parquet(files)}")
        return connection.execute(sql).fetchall()


def amounts(files: Sequence[str]) -> dict[str, float]:
    return {name: amount for name, amount in query("select order_id, amount from lake", files)} if files else {}

"""Orders by the million keep their promises at any size."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from okaeri.demo import order_batches
from okaeri.demo.columns import DAY_SECONDS, JAPAN_AHEAD_SECONDS
from okaeri.facts.contracts import TABLES


def asked_of(orders: pa.Table, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.register("orders", orders)
        return connection.execute(sql).fetchall()


def test_a_stream_gives_exactly_the_orders_asked_for_in_the_contracts_form() -> None:
    batches = list(order_batches(2_000, 25_500, batch_rows=10_000))

    assert [batch.num_rows for batch in batches] == [10_000, 10_000, 5_500]
    assert all(batch.schema.equals(TABLES["orders"].arrow_schema()) for batch in batches)


def test_the_same_arguments_give_the_same_stream() -> None:
    one, two = (pa.Table.from_batches(order_batches(500, 5_000, seed=9)) for _ in range(2))

    assert one.equals(two)
    assert not one.equals(pa.Table.from_batches(order_batches(500, 5_000, seed=10)))


def test_days_ascend_ids_are_unique_and_customers_come_back() -> None:
    orders = pa.Table.from_batches(order_batches(5_000, 60_000, batch_rows=7_000))
    stamps = orders["ordered_at"].cast(pa.int64()).to_numpy() // 1_000_000
    days = (stamps + JAPAN_AHEAD_SECONDS) // DAY_SECONDS
    counts = asked_of(orders, "select count(distinct order_id), count(distinct customer_id) from orders")
    sums = asked_of(orders, "select sum(amount) from orders group by customer_id")

    assert (np.diff(days) >= 0).all()
    assert counts[0][0] == 60_000
    assert 4_500 < counts[0][1] <= 5_000
    assert all(paid >= 0 for (paid,) in sums)


def test_new_customers_keep_coming() -> None:
    orders = pa.Table.from_batches(order_batches(5_000, 60_000))
    firsts = asked_of(orders, "select strftime(min(ordered_at), '%Y') from orders group by customer_id")

    assert orders.num_rows == 60_000
    assert Counter(year for (year,) in firsts).keys() >= {"2023", "2024", "2025", "2026"}


@pytest.mark.parametrize(("customers", "orders"), [(1, 1), (1, 50), (3, 0), (100, 10)])
def test_tiny_streams_are_whole(customers: int, orders: int) -> None:
    assert sum(batch.num_rows for batch in order_batches(customers, orders)) == orders


@pytest.mark.slow
def test_a_stream_makes_a_million_rows_a_second() -> None:
    begun = time.process_time()
    rows = sum(batch.num_rows for batch in order_batches(200_000, 3_000_000))

    assert rows / (time.process_time() - begun) > 1_000_000

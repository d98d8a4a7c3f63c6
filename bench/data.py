"""The orders every contestant reads: written once per size by the demo's stream, with their derived tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from okaeri.base.calendar import Calendar
from okaeri.demo.streaming import order_batches
from okaeri.engines.derived import SOURCES, Recipe, refresh
from okaeri.engines.duckdb import DuckDB
from okaeri.engines.engine import Engine
from okaeri.facts.contracts import TABLES
from okaeri.metrics.extent import Extent
from okaeri.metrics.measuring import Facts, Measurer
from okaeri.opening import count_currencies, name_local

OUT = Path(__file__).parent / "out"
ZONE = "Asia/Tokyo"
WINDOW_DAYS = 90
TODAY = date(2030, 1, 1)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; ten orders a customer."""

    orders: int

    @property
    def parquet(self) -> Path:
        return OUT / f"orders-{self.orders}.parquet"

    @property
    def csv(self) -> Path:
        return OUT / f"orders-{self.orders}.csv"

    @property
    def derived(self) -> Path:
        return OUT / f"derived-{self.orders}"


def make(size: Size) -> None:
    """Write the orders as Parquet if they are not there yet."""
    if size.parquet.exists():
        return
    OUT.mkdir(exist_ok=True)
    staging = size.parquet.with_suffix(".part")
    with pq.ParquetWriter(staging, TABLES["orders"].arrow_schema(), compression="zstd") as writer:
        for batch in order_batches(size.orders // 10, size.orders):
            writer.write_batch(batch)
    staging.rename(size.parquet)


def make_csv(size: Size) -> None:
    """Write the same orders as CSV, as an export would have them."""
    make(size)
    if not size.csv.exists():
        columns = "order_id, customer_id, strftime(ordered_at, '%Y-%m-%d %H:%M:%S') as ordered_at, amount, currency"
        duckdb.sql(
            f"copy (select {columns} from read_parquet('{size.parquet}') where kind = 'purchase') to '{size.csv}'"
        )


def open_measurer(size: Size, *, memory_limit: str) -> Measurer:
    """A measurer over the orders, building the derived tables when they are not there."""
    return measurer_on(DuckDB(threads=2, memory_limit=memory_limit, spill=OUT / "spill"), size, size.derived)


def measurer_on(engine: Engine, size: Size, derived: Path) -> Measurer:
    """The same on any engine, with the derived tables in a folder of its choice."""
    sources = {table: [str(size.parquet)] if table == "orders" else [] for table in SOURCES}
    for table in TABLES:
        engine.scan(table, sources.get(table, []), schema=TABLES[table].arrow_schema())
    refresh(engine, derived, sources, Recipe(zone=ZONE, returns="net"))
    name_local(engine, ZONE)
    facts = Facts(
        calendar=Calendar(zone=ZONE),
        presence=f"orders:{WINDOW_DAYS}d",
        currencies=count_currencies(engine),
        until=Extent(engine, Calendar(zone=ZONE)).observed_until(("orders",), today=TODAY),
    )
    return Measurer(engine, facts)

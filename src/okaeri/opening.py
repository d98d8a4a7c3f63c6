"""From a workspace's lake to an engine that is ready to measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

import duckdb

from okaeri.engines.derived import SOURCES, Recipe, local_day, local_minute, refresh
from okaeri.engines.duckdb import DuckDB
from okaeri.engines.engine import Engine
from okaeri.engines.facts import scan_facts
from okaeri.engines.identities import name_kept_ids
from okaeri.facts.contracts import TABLES, ColumnType
from okaeri.facts.lake import Lake
from okaeri.facts.rules import Rules
from okaeri.facts.workspace import Settings, Workspace
from okaeri.metrics.extent import Extent
from okaeri.metrics.measuring import Facts, Measurer

_TRIES = 4
T = TypeVar("T")


class FactsState(NamedTuple):
    """What an open measurer depends on: settings and the version of each table there is."""

    settings: Settings
    rules: Rules
    as_of: datetime | None
    versions: tuple[tuple[str, int], ...]


def state_of(workspace: Workspace, *, as_of: datetime | None = None) -> FactsState:
    """The state of a workspace's facts now."""
    lake = Lake(workspace.lake_path)
    versions = tuple((table, version) for table in TABLES if (version := lake.version(table)) is not None)
    return FactsState(workspace.settings, workspace.rules, as_of, versions)


def open_facts(workspace: Workspace, *, now: datetime, as_of: datetime | None = None) -> Measurer:
    """Name every table of the lake in an engine, bring the derived tables up to date, and measure over them."""
    settings = workspace.settings
    lake = Lake(workspace.lake_path)
    shapes = {table: lake.shapes(table, as_of=as_of) for table in TABLES}
    sources = {table: [path for shape in found for path in shape.paths] for table, found in shapes.items()}
    engine = _engine(workspace)
    scan_facts(engine, TABLES["identities"], shapes["identities"])
    merged = name_kept_ids(engine)
    for table, found in shapes.items():
        scan_facts(engine, TABLES[table], found, merged=merged)
    recipe = Recipe(zone=settings.zone, returns=settings.returns, currency=settings.currency)
    refresh(engine, _derived(workspace), {table: sources[table] for table in SOURCES}, recipe, merged=merged)
    return measurer_over(engine, workspace, has=[table for table, files in sources.items() if files], now=now)


def _engine(workspace: Workspace) -> Engine:
    settings = workspace.settings
    if settings.engine == "spark":
        from okaeri.engines.spark_session import missing_for_spark

        lacking = missing_for_spark()
        if lacking:
            raise lacking
        from okaeri.engines.spark import Spark  # optional, and Java starts with it

        return Spark(workspace.section("spark"))
    return DuckDB(threads=settings.threads, memory_limit=settings.memory_limit, spill=workspace.path / "spill")


def measurer_over(engine: Engine, workspace: Workspace, *, has: Sequence[str], now: datetime) -> Measurer:
    """A measurer over the fact tables and derived tables an engine already holds."""
    settings = workspace.settings
    name_local(engine, settings.zone)
    filled = tuple(table for table in TABLES if table in has)
    facts = Facts(
        calendar=workspace.calendar,
        presence=settings.presence,
        grace_days=settings.grace_days,
        currencies=count_currencies(engine),
        currency=settings.currency,
        until=Extent(engine, workspace.calendar).observed_until(filled, today=workspace.calendar.day_of(now)),
        has=filled,
        name=settings.name,
        rules=workspace.rules,
    )
    return Measurer(engine, facts)


def name_local(engine: Engine, zone: str) -> None:
    """Name each table with the workspace's days: `x_at` has `x_day` and `x_minute` (minutes since local midnight)."""
    for table in TABLES.values():
        columns = ["*"]
        for column in table.columns:
            stem = _stem(column.name)
            if column.type is ColumnType.INSTANT:
                columns.append(f"cast({local_day(column.name, zone)} as integer) as {stem}_day")
                columns.append(f"{local_minute(column.name, zone)} as {stem}_minute")
            elif column.type is ColumnType.DAY:
                columns.append(f"cast(date_diff('day', date '1970-01-01', {column.name}) as integer) as {stem}_day")
        engine.define(f"local_{table.name}", f"select {', '.join(columns)} from {table.name}", keep=False)


def count_currencies(engine: Engine) -> int:
    """How many currencies orders are in."""
    rows = engine.query("select count(distinct currency) as n from customer_days where events = 0").to_pylist()
    return int(rows[0]["n"])


def _stem(column: str) -> str:
    return column.rsplit("_", 1)[0]


def retrying(ask: Callable[[], T], *, again: Callable[[], None]) -> T:
    """Ask; when files were replaced meanwhile (compaction, erasure), look at the facts anew and ask again."""
    for _attempt in range(_TRIES - 1):
        try:
            return ask()
        except (duckdb.IOException, FileNotFoundError):
            again()
    return ask()


def _derived(workspace: Workspace) -> Path:
    return workspace.lake_path / "derived"

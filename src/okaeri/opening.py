"""From a workspace's lake to an engine that is ready to measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import duckdb

from okaeri.engines.derived import SOURCES, Recipe, local_day, refresh
from okaeri.engines.duckdb import DuckDB
from okaeri.engines.engine import Engine
from okaeri.facts.contracts import TABLES
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace
from okaeri.metrics.measuring import Facts, Measurer
from okaeri.metrics.timetable import EPOCH

_TRIES = 4
T = TypeVar("T")


def state_of(workspace: Workspace, *, as_of: datetime | None = None) -> object:
    """What an open measurer depends on: settings and the version of each table."""
    lake = Lake(workspace.lake_path)
    return workspace.settings, as_of, tuple((table, lake.version(table)) for table in TABLES)


def open_facts(workspace: Workspace, *, now: datetime, as_of: datetime | None = None) -> Measurer:
    """Name every table of the lake in an engine, bring the derived tables up to date, and measure over them."""
    settings = workspace.settings
    lake = Lake(workspace.lake_path)
    sources = {table: lake.files(table, as_of=as_of) for table in TABLES}
    engine = DuckDB(threads=settings.threads, memory_limit=settings.memory_limit, spill=workspace.path / "spill")
    for table, files in sources.items():
        engine.scan(table, files, schema=TABLES[table].arrow_schema())
    recipe = Recipe(zone=settings.zone, returns=settings.returns, currency=settings.currency)
    refresh(engine, _derived(workspace), {table: sources[table] for table in SOURCES}, recipe)
    return measurer_over(engine, workspace, has=[table for table, files in sources.items() if files], now=now)


def measurer_over(engine: Engine, workspace: Workspace, *, has: Sequence[str], now: datetime) -> Measurer:
    """A measurer over the fact tables and derived tables an engine already holds."""
    settings = workspace.settings
    name_contracts(engine, settings.zone)
    filled = tuple(table for table in ("subscriptions", "orders", "events") if table in has)
    facts = Facts(
        calendar=workspace.calendar,
        presence=settings.presence,
        grace_days=settings.grace_days,
        currencies=count_currencies(engine),
        until=observed_until(engine, workspace.calendar.day_of(now), zone=settings.zone),
        has=filled,
        name=settings.name,
    )
    return Measurer(engine, facts)


def name_contracts(engine: Engine, zone: str) -> None:
    """Name the subscriptions with the local days of their instants."""
    days = [
        f"cast({local_day(column, zone)} as integer) as {name}"
        for column, name in (("started_at", "start_day"), ("ended_at", "end_day"), ("renews_at", "renews_day"))
    ]
    engine.define("subscription_instants", f"select *, {', '.join(days)} from subscriptions", keep=False)


def count_currencies(engine: Engine) -> int:
    """How many currencies orders are in."""
    rows = engine.query("select count(distinct currency) as n from customer_days where orders > 0").to_pylist()
    return int(rows[0]["n"])


def observed_until(engine: Engine, today: date, *, zone: str) -> date | None:
    """The first local day not observed: the day after the last fact that is not in the future."""
    latest = [
        "select max(day) as day from customer_days where day <= {today}",
        "select max(start_day) as day from subscription_instants where start_day <= {today}",
        "select max(end_day) as day from subscription_instants where end_day <= {today}",
    ]
    union = " union all ".join(latest).format(today=(today - EPOCH).days)
    day = engine.query(f"select max(day) as day from ({union}) as facts").to_pylist()[0]["day"]
    return None if day is None else EPOCH + timedelta(days=int(day) + 1)


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

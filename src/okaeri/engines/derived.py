"""The tables kept beside the facts: customer codes, customer-days and totals; rebuildable at will.

They are Parquet files under `lake/derived/<fingerprint of the facts>/`; only new facts are read again when nothing
older changed. Without a folder the same tables live in the engine's memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa

from okaeri.engines.duckdb import quoted
from okaeri.engines.engine import Columns, Engine
from okaeri.engines.facts import scan_facts
from okaeri.facts.contracts import TABLES
from okaeri.facts.shapes import shapes

DERIVED = ("customer_codes", "customer_days", "customer_totals")
SOURCES = (
    *("orders", "events", "subscriptions", "customers"),
    *("tickets", "answers", "memberships", "points", "rewards"),
    "identities",
)
_FORMAT = 3
_KEEP_SECONDS = 3600
_CODES = pa.schema([("customer", pa.int64()), ("customer_id", pa.string())])
_NO_CODES: Columns = {"customer": ("bigint", []), "customer_id": ("varchar", [])}


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """What the derived tables depend on besides the facts: zone, way of treating returns, and usual currency."""

    zone: str
    returns: str = "net"
    currency: str = ""

    def stamp(self) -> list[str | int]:
        """All of it, with the version of the derived tables' own form."""
        return [self.zone, self.returns, self.currency, _FORMAT]


def local_day(column: str, zone: str) -> str:
    """SQL for the local day of an instant column, as whole days since 1970-01-01.

    >>> local_day("ordered_at", "UTC")
    "date_diff('day', date '1970-01-01', cast(timezone('UTC', ordered_at) as date))"
    """
    return f"date_diff('day', date '1970-01-01', cast(timezone({quoted(zone)}, {column}) as date))"


def local_minute(column: str, zone: str) -> str:
    """SQL for the minutes since local midnight of an instant column, as a fraction.

    >>> local_minute("at", "UTC")
    "cast(date_diff('second', date_trunc('day', timezone('UTC', at)), timezone('UTC', at)) as double) / 60"
    """
    local = f"timezone({quoted(zone)}, {column})"
    return f"cast(date_diff('second', date_trunc('day', {local}), {local}) as double) / 60"


def derive(engine: Engine, recipe: Recipe) -> None:
    """Define the derived tables in memory, from the views `orders`, `events`, `subscriptions` and `customers`."""
    _name_inputs(engine, recipe)
    engine.put("known_codes", _NO_CODES)
    for name in DERIVED:
        engine.define(name, _sql(name))


def refresh(
    engine: Engine, folder: Path, sources: Mapping[str, Sequence[str]], recipe: Recipe, *, merged: bool = False
) -> None:
    """Bring the derived files up to date with the facts' files and name them in the engine.

    `merged` says that the facts are read under `kept_ids`.
    """
    home = folder / _fingerprint(sources, recipe)
    if not home.exists():
        _build(engine, folder, home, sources, recipe, merged=merged)
        _sweep(folder, keep=home)
    for name in DERIVED:
        engine.scan(name, [str(home / f"{name}.parquet")], schema=_CODES)


def _build(
    engine: Engine,
    folder: Path,
    home: Path,
    sources: Mapping[str, Sequence[str]],
    recipe: Recipe,
    *,
    merged: bool,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder, prefix=".building-"))
    try:
        earlier = _usable(folder, sources, recipe)
        if earlier:
            _extend(engine, staging, earlier, sources, recipe, merged=merged)
        else:
            _rebuild(engine, staging, recipe)
        stamp = {"sources": {k: sorted(v) for k, v in sources.items()}, "recipe": recipe.stamp()}
        (staging / "manifest.json").write_text(json.dumps(stamp), "utf-8")
        os.rename(staging, home)
    except OSError:
        # another process finished the same folder first: its files serve as well
        if not home.exists():
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _rebuild(engine: Engine, staging: Path, recipe: Recipe) -> None:
    _name_inputs(engine, recipe)
    engine.put("known_codes", _NO_CODES)
    for name, order in (
        ("customer_codes", "customer"),
        ("customer_days", "customer, day"),
        ("customer_totals", "customer"),
    ):
        _write(engine, name, staging, order=order)


def _extend(
    engine: Engine,
    staging: Path,
    earlier: Path,
    sources: Mapping[str, Sequence[str]],
    recipe: Recipe,
    *,
    merged: bool,
) -> None:
    """Number the new customers, add up the new facts, and rewrite only the customers these touch."""
    before = _manifest(earlier)["sources"]
    engine.scan("known_codes", [str(earlier / "customer_codes.parquet")], schema=_CODES)
    _write(engine, "customer_codes", staging, order="customer")
    engine.scan("old_days", [str(earlier / "customer_days.parquet")], schema=_CODES)
    engine.scan("old_totals", [str(earlier / "customer_totals.parquet")], schema=_CODES)
    told = [TABLES[table] for table in ("orders", "events")]
    for table in told:
        fresh = shapes(table, sorted(set(sources[table.name]) - set(before[table.name])))
        scan_facts(engine, table, fresh, merged=merged)
    _name_inputs(engine, recipe)
    engine.define("new_days", _sql("customer_days"))
    for table in told:
        scan_facts(engine, table, shapes(table, sources[table.name]), merged=merged)
    for name in ("customer_days", "customer_totals"):
        _write(engine, name, staging, sql=_sql(f"extend_{name}"), order="")


def _write(engine: Engine, name: str, staging: Path, *, order: str, sql: str | None = None) -> None:
    path = str(staging / f"{name}.parquet")
    text = sql or _sql(name)
    engine.write(f"select * from ({text}) as built order by {order}" if order else text, path)
    engine.scan(name, [path], schema=_CODES)


def _name_inputs(engine: Engine, recipe: Recipe) -> None:
    for name, table, column in (("order_days", "orders", "ordered_at"), ("event_days", "events", "occurred_at")):
        engine.define(
            name, f"select *, cast({local_day(column, recipe.zone)} as integer) as day from {table}", keep=False
        )
    rule: Columns = {
        "returns_lower_revenue": ("boolean", [recipe.returns == "net"]),
        "currency": ("varchar", [recipe.currency]),
    }
    engine.put("derived_rule", rule)


def _usable(folder: Path, sources: Mapping[str, Sequence[str]], recipe: Recipe) -> Path | None:
    """The newest derived folder whose facts are all still there, and about the same customers."""
    for home in sorted(_homes(folder), key=lambda path: path.stat().st_mtime, reverse=True):
        stamp = _manifest(home)
        same = stamp["recipe"] == recipe.stamp() and stamp["sources"]["identities"] == sorted(sources["identities"])
        if same and all(set(stamp["sources"][table]) <= set(sources[table]) for table in ("orders", "events")):
            return home
    return None


def _homes(folder: Path) -> Iterable[Path]:
    return [path.parent for path in folder.glob("*/manifest.json") if not path.parent.name.startswith(".")]


def _manifest(home: Path) -> dict[str, Any]:
    stamp: dict[str, Any] = json.loads((home / "manifest.json").read_text("utf-8"))
    return stamp


def _sweep(folder: Path, *, keep: Path) -> None:
    """Drop folders nobody can still be reading: an hour older than the current one."""
    limit = keep.stat().st_mtime - _KEEP_SECONDS
    for path in folder.iterdir():
        if path != keep and path.stat().st_mtime < limit:
            shutil.rmtree(path, ignore_errors=True)


def _fingerprint(sources: Mapping[str, Sequence[str]], recipe: Recipe) -> str:
    names = [[table, sorted(os.path.basename(file) for file in sources[table])] for table in SOURCES]
    text = json.dumps([names, recipe.stamp()])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _sql(name: str) -> str:
    return files("okaeri.engines").joinpath("sql", f"{name}.sql").read_text("utf-8")

"""Komorebi Coffee with a few hundred customers: enough to learn from in seconds, too few for anything to be slow."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import okaeri as ok
from okaeri.demo.company import Company, simulate_customers
from okaeri.facts.lake import Lake
from okaeri.shop import Shop

END = date(2025, 3, 1)
NOW = datetime(2025, 3, 1, tzinfo=UTC)
CUSTOMERS = 300


@cache
def company() -> Company:
    """The shop's facts until the first of March."""
    return simulate_customers(CUSTOMERS, end=END)


def opened(folder: Path) -> Shop:
    """The shop in a workspace of its own, with nothing foretold yet."""
    settings = {"zone": "Asia/Tokyo", "currency": "JPY", "presence": "orders:60d"}
    shop = ok.create(folder / "shop", settings=settings, clock=lambda: NOW)
    lake = Lake(shop.workspace.lake_path)
    for table, rows in company().facts.items():
        if rows.num_rows:
            lake.land(table, rows, batch_id=table, now=NOW)
    return shop


def copied(workspace: Path, folder: Path) -> Shop:
    """Another shop with the same facts and the same kept models, to change at will."""
    shutil.copytree(workspace, folder / "copy")
    return ok.open(folder / "copy", clock=lambda: NOW)

"""A shop whose figures are measured twice, and looking at what its log keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import okaeri as ok
from okaeri.facts.lake import Lake
from okaeri.restatements import Restatement
from okaeri.restatements.log import folders
from tests.facts.lakes import NOON, batch, order

DAY = timedelta(days=1)


class Clock:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> ok.Shop:
    """Aki spends 10 in January and 30 in February, Min-jun 20 in January; the facts reach into March."""
    settings = {"zone": "UTC", "currency": "JPY", "threads": 1, "presence": "orders:30d"}
    made = ok.create(tmp_path / "shop", settings=settings, clock=clock)
    rows = [order("1", "aki"), order("2", "min-jun", amount=20, day=3), order("3", "aki", amount=30, day=35)]
    land(made, [*rows, order("4", "chiyo", amount=50, day=59)])
    return made


def land(shop: ok.Shop, rows: list[dict[str, Any]], *, table: str = "orders", at: datetime = NOON) -> None:
    lake = Lake(shop.workspace.lake_path)
    lake.land(table, batch(rows, table=table), batch_id=f"{table}-{lake.version(table)}", now=at)


def written(shop: ok.Shop) -> list[str]:
    return [path.name for folder in folders(shop.workspace.path) for path in folder.paths()]


def values(result: ok.Result) -> list[float | None]:
    return [m.value for m in result.measurements]


def everything_kept(shop: ok.Shop) -> str:
    files = (path for path in (shop.workspace.path / "measurements").rglob("*") if path.is_file())
    return "\n".join(path.read_text("utf-8") for path in files)


def one(found: tuple[Restatement, ...]) -> Restatement:
    assert len(found) == 1, found
    return found[0]

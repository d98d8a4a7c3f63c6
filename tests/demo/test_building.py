"""A demo workspace appears whole or not at all, and its lake holds what the shop's files hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.demo import build, simulate
from okaeri.demo.company import CUSTOMERS
from okaeri.demo.dirty import write_dirty
from okaeri.facts.importing import import_file
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace
from okaeri.shop import Shop

NOW = datetime(2023, 9, 15, 3, tzinfo=UTC)
END = date(2023, 9, 15)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop of every size in moments: 300 customers in blocks of 200."""
    for size in CUSTOMERS:
        monkeypatch.setitem(CUSTOMERS, size, 300)
    monkeypatch.setattr("okaeri.demo.company.BLOCK_CUSTOMERS", 200)
    monkeypatch.setattr("okaeri.demo.building.BLOCK_CUSTOMERS", 200)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("size", ["small", "large"])
def test_the_lake_holds_every_fact_of_the_shop(tmp_path: Path, size: str) -> None:
    workspace = build(tmp_path / "shop", size=size, now=NOW)
    lake = Lake(workspace.lake_path)

    told = {table: rows.num_rows for table, rows in simulate("small", end=END).facts.items()}

    assert {table: lake.rows(table) for table in told} == told
    assert workspace.settings.currency == "JPY"
    assert not (workspace.path / "lake" / "truth").exists()
    assert list((workspace.path / "files" / "truth").rglob("leaving.csv"))


@pytest.mark.usefixtures("few")
def test_the_shop_knows_what_a_point_costs_and_which_channels_brought_its_customers(tmp_path: Path) -> None:
    shop = Shop(build(tmp_path / "shop", size="small", now=NOW), clock=lambda: NOW)

    owed = shop.measure("points_outstanding", by="all").measurements[0]
    brought = {m.segment: m for m in shop.measure("cac", by="all", segment="channel").measurements}

    assert (shop.workspace.rules.point_value, shop.workspace.rules.gross_margin) == (1.6, 0.46)
    assert owed.value and owed.value > 0
    assert {name for name, m in brought.items() if m.value} == brought.keys() - {"organic"}


@pytest.mark.usefixtures("few")
def test_progress_runs_from_nothing_to_everything(tmp_path: Path) -> None:
    seen: list[tuple[str, float]] = []

    build(tmp_path / "shop", size="small", now=NOW, progress=lambda stage, done: seen.append((stage, done)))

    shares = [done for _stage, done in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


@pytest.mark.usefixtures("few")
def test_an_interrupted_build_leaves_no_workspace_and_the_next_one_succeeds(tmp_path: Path) -> None:
    def stop(_stage: str, done: float) -> None:
        if done > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "shop", size="large", now=NOW, progress=stop)

    assert not (tmp_path / "shop").exists()
    assert build(tmp_path / "shop", size="large", now=NOW).settings.name == "Komorebi Coffee"
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")

    with pytest.raises(OkaeriError, match="Name a folder that is empty"):
        build(tmp_path, now=NOW)

    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    "name", ["orders_japanese_sjis.csv", "orders_korean_cp949.csv", "orders_messy.csv", "orders_with_totals.tsv"]
)
def test_a_dirty_file_holds_as_much_as_is_said_of_it(tmp_path: Path, name: str) -> None:
    workspace = Workspace.create(tmp_path / "shop", zone="Asia/Tokyo", currency="JPY")
    told = {mess.name: mess for mess in write_dirty(tmp_path / "dirty")}[name]

    summary = import_file(workspace, tmp_path / "dirty" / name, table="orders", now=NOW)

    assert (summary.new, summary.quarantined, summary.replaced + summary.unchanged) == (
        told.sound,
        told.broken,
        told.again,
    )

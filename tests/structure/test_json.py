"""The keys that other people's programs rely on, in the order they are promised."""

from __future__ import annotations

from pathlib import Path

import pytest

import okaeri

MEASURE = ["metric", "version", "cutoff", "rows"]
ROW = ["period_start", "period_end", "segment", "value", "n", "low", "high", "state", "reason", "inputs"]
CRR = ["cs", "ce", "cn", "acquired", "returned", "retained", "lost", "came_and_went"]
IMPORT = ["read", "new", "replaced", "unchanged", "quarantined", "quarantine_file"]
FILE = """order_id,customer_id,ordered_at,amount
1,aki,2024-01-03,40
2,aki,2024-02-10,42
3,chiyo,2024-01-15,25
4,min-jun,soon,60
"""


@pytest.fixture
def shop(tmp_path: Path) -> okaeri.Shop:
    return okaeri.create(tmp_path / "shop", settings={"zone": "Asia/Seoul"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(FILE, "utf-8")
    return path


def test_an_import_says_what_became_of_its_rows(shop: okaeri.Shop, file: Path) -> None:
    said = shop.import_file(file, table="orders").as_json()

    assert list(said)[: len(IMPORT)] == IMPORT
    assert said["read"] == said["new"] + said["replaced"] + said["unchanged"] + said["quarantined"] == 4
    assert said["quarantine_file"]


def test_a_measurement_has_the_promised_keys(shop: okaeri.Shop, file: Path) -> None:
    shop.import_file(file, table="orders")

    said = shop.retention(by="month", presence="orders:30d").as_json()

    assert list(said)[: len(MEASURE)] == MEASURE
    assert said["cutoff"] == "2024-02-11"
    assert all(list(row)[: len(ROW)] == ROW and list(row["inputs"]) == CRR for row in said["rows"])
    assert all(row["value"] is None or 0 <= row["value"] <= 1 for row in said["rows"])

"""Real files, as they were published, with the counts that others report for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from okaeri.facts.importing import import_file
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace

pytestmark = pytest.mark.real_data
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def facts(shop: Workspace, columns: str) -> tuple[object, ...] | None:
    with duckdb.connect() as connection:
        return connection.execute(
            f"select {columns} from read_parquet(?)", [list(Lake(shop.lake_path).files("orders"))]
        ).fetchone()


def test_cdnow_lands_whole_and_unedited(tmp_path: Path, data_dir: Path) -> None:
    shop = Workspace.create(tmp_path / "shop", zone="America/New_York", currency="USD")

    summary = import_file(shop, data_dir / "cdnow" / "CDNOW_master.txt", table="orders", now=NOW)

    assert (summary.read, summary.new, summary.quarantined, summary.key_made) == (69_659, 69_659, 0, True)
    assert facts(shop, "count(distinct customer_id), round(sum(amount), 2)") == (23_570, 2_500_315.63)


def test_online_retail_lands_with_nobodys_lines_left_out_and_cancellations_kept_apart(
    tmp_path: Path, data_dir: Path
) -> None:
    shop = Workspace.create(tmp_path / "shop", zone="Europe/London", currency="GBP")
    file = data_dir / "clv" / "uci_online_retail.parquet"

    first = import_file(shop, file, table="orders", now=NOW)
    again = import_file(shop, file, table="orders", now=NOW)

    assert first.mapping["amount"] == "Quantity*UnitPrice"
    assert (first.read, first.new, first.quarantined, first.returns) == (541_909, 406_829, 135_080, 3_654)
    assert [(each.code, each.column, each.count) for each in first.left_out] == [("no_customer", "CustomerID", 135_080)]
    assert (again.read, again.unchanged, again.quarantined) == (541_909, 406_829, 135_080)
    assert facts(shop, "count(*), count(distinct customer_id), round(sum(amount), 2)") == (22_190, 4_372, 8_300_065.81)
    assert facts(
        shop,
        "count(*) filter (kind = 'return' and amount > 0), count(*) filter (order_id like 'C%' and kind = 'purchase')",
    ) == (0, 0)

"""Erasing a customer reaches the rows that were set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import okaeri as ok

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_forgotten_customer_is_named_in_no_quarantine_file(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,customer_id,date,amount\n1,chiyo,2024-01-03,10\n2,aki-99,2024-01-04,20,30\n", "utf-8")
    shop = ok.create(tmp_path / "shop", clock=lambda: NOW)
    kept = shop.import_file(file, table="orders").quarantine_file
    assert kept is not None and "aki-99" in kept.read_text("utf-8-sig")

    shop.forget("aki-99")

    left = kept.read_text("utf-8-sig")
    assert "aki-99" not in left
    assert "too many cells" in left

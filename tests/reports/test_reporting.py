"""What a report asks of a workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import okaeri as ok
from okaeri.metrics.measuring import Measurer
from okaeri.reporting import contents
from okaeri.shop import Shop

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ORDERS = """order_id,customer_id,ordered_at,amount
1,Aki,2024-01-05,10
2,Aki,2024-02-05,12
3,Chiyo,2024-01-25,30
"""


class Counted(Shop):
    """A shop that counts how often its facts are looked up."""

    looked = 0

    def measurer(self) -> Measurer:
        self.looked += 1
        return super().measurer()


def test_a_whole_report_is_of_one_state_of_the_facts(tmp_path: Path) -> None:
    made = ok.create(tmp_path / "shop")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    made.import_file(tmp_path / "orders.csv", table="orders")
    shop = Counted(made.workspace, clock=lambda: NOW)

    report = contents(shop, lang="en", now=NOW)

    assert shop.looked == 1
    assert [(fact.table, fact.rows, str(fact.first), str(fact.last)) for fact in report.facts] == [
        ("orders", 3, "2024-01-05", "2024-02-05")
    ]

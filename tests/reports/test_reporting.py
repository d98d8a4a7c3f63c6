"""What a report asks of a workspace, and what it remembers of the answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import okaeri as ok
from okaeri.base.text import use_language
from okaeri.metrics.measuring import Measurer
from okaeri.reporting import contents
from okaeri.reports import report_html
from okaeri.reports.contents import Report, Section
from okaeri.reports.views import report_view
from okaeri.shop import Shop

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ORDERS = """order_id,customer_id,ordered_at,amount
1,Aki,2024-01-05,10
2,Aki,2024-02-05,12
3,Chiyo,2024-01-25,30
"""
LATE = """order_id,customer_id,ordered_at,amount
4,Chiyo,2024-02-20,15
5,Min-jun,2024-01-07,9
"""
SAID = """customer_id,instrument,score,scale,answered_at
Aki,nps,9,10,2024-01-05
Chiyo,nps,3,10,2024-02-05
Min-jun,nps,10,10,2024-04-06
"""


def opened(folder: Path, text: str, *, table: str = "orders", now: datetime = NOW) -> Shop:
    """A shop with one file of facts."""
    shop = ok.create(folder / "shop", clock=lambda: now)
    return added(shop, folder, text, table=table)


def added(shop: Shop, folder: Path, text: str, *, table: str = "orders") -> Shop:
    path = folder / f"{table}-{len(shop.tables())}-{len(text)}.csv"
    path.write_text(text, encoding="utf-8")
    shop.import_file(path, table=table)
    return shop


def told(shop: Shop) -> Report:
    return contents(shop, lang="en", now=NOW)


def part(report: Report, name: str) -> Section:
    return next(section for section in report.sections if section.id == name)


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


def test_answers_alone_are_enough_for_a_report(tmp_path: Path) -> None:
    report = told(opened(tmp_path, SAID, table="answers"))

    assert [section.id for section in report.sections] == ["voice"]
    assert {block.result.metric.id for block in part(report, "voice").blocks} >= {"nps", "score_distribution"}
    assert "Net Promoter Score" in report_html(report)


def test_rival_definitions_stand_beside_each_other_with_figure_and_reason(tmp_path: Path) -> None:
    report = told(opened(tmp_path, f"{ORDERS}4,Aki,2024-03-05,10\n"))

    with use_language("en"):
        rivals = next(each for each in report_view(report).parts if each.id == "rivals")

    churn = rivals.tables[0]
    assert churn.head == ("Definition", "Value", "95% interval", "What it divides", "Why it differs")
    assert "Opening base" in [row[0] for row in churn.rows] and "Baremetrics" in [row[0] for row in churn.rows]
    assert all(row[1] not in ("", "–") and row[4] for row in churn.rows)
    assert any(remark.startswith("Without a figure here: Churn rate – ChartMogul") for remark in rivals.remarks)


def test_without_a_complete_month_there_are_no_rivals(tmp_path: Path) -> None:
    begun = datetime(2024, 1, 20, tzinfo=UTC)
    shop = opened(tmp_path, "order_id,customer_id,ordered_at,amount\n1,Aki,2024-01-05,10\n", now=begun)

    sections = contents(shop, lang="en", now=begun).sections

    assert "rivals" not in {section.id for section in sections if section.tables}


def test_a_report_keeps_what_it_tells_and_says_which_past_figures_have_changed(tmp_path: Path) -> None:
    shop = opened(tmp_path, ORDERS)
    before = told(shop)
    after = told(added(shop, tmp_path, LATE))

    with use_language("en"):
        table = report_view(after).restated

    assert before.restated == () and table
    assert table.head == ("Figure", "Period", "Was", "Is now", "Told anew on", "Why")
    apv = next(row for row in table.rows if row[:2] == ("Average purchase value", "2024-01"))
    assert (apv[2], apv[3], apv[4]) == ("20.00", "16.33", "June 1, 2024")
    assert "orders" in apv[5]
    assert "Past figures that were told differently before" in report_html(after)


def test_the_same_facts_told_twice_restate_nothing(tmp_path: Path) -> None:
    shop = opened(tmp_path, ORDERS)
    told(shop)

    assert told(shop).restated == ()


def test_as_of_an_earlier_moment_nothing_is_kept_and_later_restatements_are_not_known(tmp_path: Path) -> None:
    shop = opened(tmp_path, ORDERS)
    told(shop)
    told(added(shop, tmp_path, LATE))
    earlier = ok.open(shop.workspace.path, clock=lambda: NOW, as_of=datetime(2024, 5, 31, tzinfo=UTC))
    kept = sorted((shop.workspace.path / "measurements").rglob("*.json"))

    with pytest.raises(ok.OkaeriError):
        contents(earlier, lang="en", now=NOW)

    assert sorted((shop.workspace.path / "measurements").rglob("*.json")) == kept

"""Rows that were set aside come back mended, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.facts.importing import import_file
from okaeri.facts.mending import mend, set_aside, whole_rows
from okaeri.facts.reading.quarantine import forget_in_quarantine, whole_rows_path
from okaeri.facts.reading.receipts import receipts
from okaeri.facts.workspace import Workspace
from tests.facts.imports import NOW, ORDERS, rows

DIRTY = ORDERS + "1,aki,2024-01-05,40\n2,chiyo,next week,25\n3,,2024-01-07,30\n4,haru,2024-01-08,10,99\n"


@pytest.fixture
def till(tmp_path: Path) -> Path:
    path = tmp_path / "till.csv"
    path.write_text(DIRTY, "utf-8")
    return path


def bring(shop: Workspace, file: Path) -> Path:
    quarantine = import_file(shop, file, table="orders", now=NOW).quarantine_file
    assert quarantine is not None
    return quarantine


def test_what_was_mended_lands_and_the_rest_stays_with_its_reason(shop: Workspace, till: Path) -> None:
    kept = bring(shop, till)
    wanted = {3: {"ordered_at": "2024-01-06"}, 4: {"customer_id": ""}}

    told = mend(shop, till, quarantine=kept, table="orders", mended=wanted, now=NOW)

    assert (told.landed, told.left) == (1, 2)
    assert rows(shop, "order_id, customer_id, amount") == [("1", "aki", 40.0), ("2", "chiyo", 25.0)]
    assert [(each.line, each.column) for each in set_aside(kept)] == [(4, "customer_id"), (5, "")]


def test_a_line_that_was_no_row_is_sent_as_a_whole(shop: Workspace, till: Path) -> None:
    kept = bring(shop, till)

    told = mend(shop, till, quarantine=kept, table="orders", mended={5: "4,haru,2024-01-08,10"}, now=NOW)

    assert told.landed == 1
    assert ("4", "haru", 10.0) in rows(shop, "order_id, customer_id, amount")


def test_a_value_that_is_still_wrong_is_told_anew(shop: Workspace, till: Path) -> None:
    kept = bring(shop, till)

    mend(shop, till, quarantine=kept, table="orders", mended={3: {"ordered_at": "soon"}}, now=NOW)

    assert [each.value for each in set_aside(kept) if each.line == 3] == ["soon"]


def test_the_receipt_no_longer_counts_what_landed(shop: Workspace, till: Path) -> None:
    kept = bring(shop, till)

    mend(shop, till, quarantine=kept, table="orders", mended={3: {"ordered_at": "2024-01-06"}}, now=NOW)

    (receipt,) = [each for each in receipts(shop) if each["quarantined"]]
    assert (receipt["read"], receipt["new"], receipt["quarantined"]) == (4, 2, 2)
    assert sum(each["count"] for each in receipt["left_out"]) == 2


def test_a_mended_line_of_an_order_keeps_the_orders_other_lines(shop: Workspace, tmp_path: Path) -> None:
    """An order whose lines are summed would otherwise shrink to the line that was mended."""
    lines = tmp_path / "lines.csv"
    lines.write_text("order_id,customer_id,date,sku,amount\n7,aki,2024-01-05,A,40\n7,aki,2024-01-05,B,ten\n", "utf-8")
    kept = bring(shop, lines)

    mend(shop, lines, quarantine=kept, table="orders", mapping={"order_id": "order_id"},
         mended={3: {"amount": "10"}}, now=NOW)  # fmt: skip

    assert rows(shop, "order_id, amount") == [("7", 50.0)]


def test_a_line_with_too_few_cells_is_refused_with_the_columns(shop: Workspace, till: Path) -> None:
    kept = bring(shop, till)

    with pytest.raises(OkaeriError, match="does not have 4 cells"):
        mend(shop, till, quarantine=kept, table="orders", mended={5: "4,haru"}, now=NOW)


def test_a_whole_row_is_found_by_its_line_even_behind_a_line_break(shop: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_text('order_id,customer_id,date,amount,note\n1,aki,2024-01-05,40,"a\nb"\n2,,2024-01-06,30,c\n', "utf-8")

    found = whole_rows(shop, file, [4])

    assert found.rows == {4: ("2", "", "2024-01-06", "30", "c")}


def test_a_mended_row_is_read_as_it_was_among_the_others(shop: Workspace, tmp_path: Path) -> None:
    """Alone, 1.234 would be one and a bit, and nothing would say which of 03/04 is the day."""
    file = tmp_path / "till.csv"
    told = '1;aki;27/12/2023;"1.234,50"\n2;chiyo;03/04/2024;zwei\n3;haru;05/04/2024;"12,5"\n'
    file.write_text("order_id;customer_id;date;amount\n" + told, "utf-8")
    kept = bring(shop, file)

    mend(shop, file, quarantine=kept, table="orders", mended={3: {"amount": "1.234"}}, now=NOW)

    assert ("2", "2024-04-02 15:00", 1234.0) in rows(shop, "order_id, strftime(ordered_at, '%Y-%m-%d %H:%M'), amount")


def test_a_long_file_is_not_read_again_to_show_its_rows(shop: Workspace, till: Path) -> None:
    kept = bring(shop, till)
    till.write_text("somebody else's now", "utf-8")

    found = whole_rows(shop, till, [3, 4, 5], quarantine=kept)

    assert found.headers == ("order_id", "customer_id", "ordered_at", "amount")
    assert found.rows == {3: ("2", "chiyo", "next week", "25"), 4: ("3", "", "2024-01-07", "30")}


def test_whole_rows_of_somebody_who_is_forgotten_are_gone(shop: Workspace, till: Path) -> None:
    kept = bring(shop, till)

    forget_in_quarantine(kept.parent, "chiyo")

    assert not whole_rows_path(kept).exists()

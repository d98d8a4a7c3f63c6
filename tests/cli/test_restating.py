"""`okaeri restatements` and `okaeri measure --as-of`: what was said, and what is said now."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Okaeri

LATE = "order_id,customer_id,ordered_at,amount,currency\n99,Chiyo,2024-02-09,100.00,EUR\n"


def test_a_late_file_is_shown_with_what_it_changed(shop: Okaeri, tmp_path: Path) -> None:
    assert shop("measure", "apv").code == 0
    assert "No past figure" in shop("restatements").out
    (tmp_path / "late.csv").write_text(LATE, "utf-8")
    assert shop("import", "late.csv", "--as", "orders").code == 0
    assert shop("measure", "apv").code == 0

    said = shop("restatements").out
    assert "2024-02" in said and "€18.50" in said and "→ €45.67" in said
    assert "orders: 1 rows new" in said and "late.csv" in said
    (told,) = shop("restatements", "--metric", "apv", "--json").document["restatements"]
    assert (told["old"]["value"], told["changes"][0]["examples"]) == (18.5, ["99"])
    assert shop("restatements", "--metric", "crr", "--json").document["restatements"] == []


def test_as_of_an_earlier_moment_says_what_was_said_then(shop: Okaeri, tmp_path: Path) -> None:
    before = shop("measure", "apv", "--json").document["rows"]
    moment = datetime.now(UTC)
    time.sleep(0.01)
    (tmp_path / "late.csv").write_text(LATE, "utf-8")
    assert shop("import", "late.csv", "--as", "orders").code == 0

    then = shop("measure", "apv", "--as-of", moment.isoformat(), "--json").document["rows"]
    assert then == before != shop("measure", "apv", "--json").document["rows"]


@pytest.mark.parametrize("text", ["yesterday", "2024-13-01", "2024-06-01T25:00"])
def test_a_moment_that_is_none_says_how_to_write_it(shop: Okaeri, text: str) -> None:
    ran = shop("measure", "apv", "--as-of", text)

    assert ran.code == 2
    assert "2024-06-01T12:00" in ran.err


def test_a_moment_before_anything_was_imported_is_told_as_such(shop: Okaeri) -> None:
    ran = shop("measure", "apv", "--as-of", "2020-01-01")

    assert ran.code == 1
    assert "Nothing had been imported by 2020-01-01" in ran.err

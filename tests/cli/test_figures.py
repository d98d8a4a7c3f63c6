"""Figures as tables: what is not over is hatched, what is not seen is empty, a curve is read at round days."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Okaeri


def line_of(shown: str, first: str) -> list[str]:
    """The cells of the line that begins with a word."""
    return next(line.split() for line in shown.splitlines() if line.startswith(first))


def test_a_cohort_is_a_line_and_an_age_a_column(shop: Okaeri) -> None:
    shown = shop("measure", "cohort", "--by", "month").out

    assert line_of(shown, "Since") == ["Since", "Customers", "+0", "+1", "+2"]
    assert line_of(shown, "2024-01") == ["2024-01", "3", "100.0%", "66.7%", "▒33.3%"]
    assert line_of(shown, "2024-03") == ["2024-03", "1", "▒100.0%"]


def test_a_cohort_that_is_not_over_is_left_out_of_the_mean(shop: Okaeri) -> None:
    shown = shop("measure", "cohort", "--by", "month").out

    assert line_of(shown, "Weighted mean") == ["Weighted", "mean", "3", "100.0%", "66.7%"]


def test_a_curve_is_read_at_round_days_and_at_its_end(shop: Okaeri) -> None:
    shown = shop("measure", "survival").out
    days = [line.split()[0] for line in shown.splitlines() if line.strip()[:1].isdigit()]

    assert days[:5] == ["0", "7", "14", "30", "60"]
    assert int(days[-1]) <= 90


def test_an_undefined_figure_is_a_dash_with_its_reason(shop: Okaeri) -> None:
    january = line_of(shop("measure", "crr", "--by", "month").out, "2024-01")

    assert january[1] == "–"
    assert "undefined:" in january


@pytest.mark.parametrize("metric", ["crr", "cohort", "survival"])
def test_a_segment_has_its_own_lines(okaeri: Okaeri, shop: Okaeri, metric: str) -> None:
    with open("customers.csv", "w", encoding="utf-8") as stream:
        stream.write("customer_id,plan\nAki,gold\nMin-jun,gold\nChiyo,plain\nNao,plain\n")
    shop("import", "customers.csv", "--as", "customers")

    shown = shop("measure", metric, "--segment", "plan")

    assert shown.code == 0
    assert "gold" in shown.out
    assert "plain" in shown.out


def test_a_page_that_is_piped_has_no_trailing_blanks(shop: Okaeri) -> None:
    shown = shop("measure", "crr").out + shop("tables").out

    assert not [line for line in shown.splitlines() if line != line.rstrip()]

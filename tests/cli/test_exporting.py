"""`okaeri measure --out` and `okaeri export`: files for other programs, from the shell."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Okaeri


@pytest.mark.parametrize("name", ["crr.csv", "crr.xlsx", "crr.parquet"])
def test_one_metric_goes_into_a_file(shop: Okaeri, tmp_path: Path, name: str) -> None:
    ran = shop("measure", "crr", "--out", name, "--json")

    assert ran.document == {"metric": "crr", "file": name, "rows": 3}
    assert (tmp_path / name).stat().st_size > 0


def test_many_metrics_go_into_one_workbook(shop: Okaeri, tmp_path: Path) -> None:
    ran = shop("export", "crr", "apv", "--by", "quarter", "--out", "book.xlsx", "--lang", "ja")

    assert ran.code == 0 and "2 個の指標" in ran.out
    assert openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames == ["目次", "crr", "apv", "定義"]


def test_all_writes_whatever_can_be_measured(shop: Okaeri, tmp_path: Path) -> None:
    said = shop("export", "--all", "--json").document

    assert said["file"] == "okaeri.xlsx" and {"crr", "apv"} <= {*said["metrics"]}
    assert (tmp_path / "okaeri.xlsx").exists()


@pytest.mark.parametrize(
    "line", [("export",), ("export", "crr", "--all"), ("export", "crm"), ("export", "crr", "--out", "book.csv")]
)
def test_a_line_that_cannot_be_meant_ends_with_2(shop: Okaeri, line: tuple[str, ...]) -> None:
    assert shop(*line).code == 2


def test_a_wrong_ending_is_noticed_before_anything_is_written(shop: Okaeri, tmp_path: Path) -> None:
    ran = shop("measure", "crr", "--out", "crr.doc")

    assert ran.code == 2
    assert not (tmp_path / "crr.doc").exists()

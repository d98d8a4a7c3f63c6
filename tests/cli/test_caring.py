"""`okaeri forget`, `okaeri doctor` and `okaeri report`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Okaeri


def test_a_forgotten_customer_is_in_no_table_and_no_figure(shop: Okaeri) -> None:
    receipt = shop("forget", "Chiyo", "--yes", "--json")
    lost = shop("measure", "crr", "--by", "month", "--customers", "lost", "--json")

    assert receipt.code == 0
    assert receipt.document["rows"] == {"orders": 1}
    assert lost.document["customers"] == []


def test_the_receipt_is_shown(shop: Okaeri) -> None:
    shown = shop("forget", "Aki", "--yes")

    assert shown.code == 0
    assert "orders" in shown.out
    assert "Aki" in shown.out


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nobody_is_erased_where_nobody_can_be_asked(shop: Okaeri, form: list[str]) -> None:
    refused = shop("forget", "Aki", *form)

    assert refused.code == 2
    assert "okaeri forget Aki --yes" in refused.err
    assert shop("tables", "--json").document["tables"][0]["rows"] == 7


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_customer_nobody_knows_ends_with_1(shop: Okaeri, form: list[str]) -> None:
    assert shop("forget", "Nobody", "--yes", *form).code == 1


def test_a_healthy_workspace_has_nothing_to_mend(shop: Okaeri) -> None:
    found = shop("doctor", "--json")

    assert found.code == 0
    assert found.document["healthy"]
    assert {"python", "packages", "workspace", "engine", "erasures", "lake/orders", "fonts", "disk"} == {
        check["check"] for check in found.document["checks"]
    }


def test_a_damaged_file_is_found(shop: Okaeri) -> None:
    damaged = next(Path("okaeri-workspace/lake/orders").glob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:20])

    found = shop("doctor", "--json")

    assert found.code == 1
    assert [check["check"] for check in found.document["checks"] if not check["passed"]] == ["lake"]


def test_a_missing_workspace_is_said_once_with_the_way_out(okaeri: Okaeri) -> None:
    found = okaeri("doctor", "--json")

    failed = [check for check in found.document["checks"] if not check["passed"]]
    assert found.code == 1
    assert [check["check"] for check in failed] == ["workspace"]
    assert "okaeri init" in failed[0]["advice"]


@pytest.mark.parametrize(("language", "words"), [("en", "in order"), ("ja", "整っています"), ("ko", "정상입니다")])
def test_the_doctor_speaks_three_languages(shop: Okaeri, language: str, words: str) -> None:
    assert words in shop("doctor", "--lang", language).out


@pytest.mark.parametrize(
    "language", ["ja", pytest.param("en", marks=pytest.mark.slow), pytest.param("ko", marks=pytest.mark.slow)]
)
def test_a_report_is_written_in_the_language_asked_for(shop: Okaeri, language: str) -> None:
    written = shop("report", "--out", "r.html", "--lang", language, "--json")

    assert written.code == 0
    assert written.document["language"] == language
    assert f'lang="{language}"' in Path("r.html").read_text("utf-8")[:2000]


def test_fonts_that_have_to_be_cut_first_are_spoken_of(
    shop: Okaeri, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "new"))

    first = shop("report")
    again = shop("report")

    assert "Preparing the fonts" in first.err
    assert "Preparing the fonts" not in again.err


def test_a_report_has_no_other_form(shop: Okaeri) -> None:
    refused = shop("report", "--out", "report.docx", "--json")

    assert refused.code == 2
    assert ".pdf" in refused.document["advice"]

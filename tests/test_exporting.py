"""Figures as files: every kind says the same, opens right, runs nothing, and is there whole or not at all."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import okaeri as ok
from okaeri.base.calendar import Grain, Period
from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import _, use_language
from okaeri.base.units import Unit
from okaeri.exports import ENDINGS, save
from okaeri.exports.files import whole
from okaeri.exports.formats import number_format
from okaeri.facts.lake import Lake
from tests.facts.lakes import NOON, batch, order

NASTY = ("=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", " =1", "plain")


@pytest.fixture
def shop(tmp_path: Path) -> ok.Shop:
    """Five customers whose home towns would be formulas in a careless spreadsheet."""
    settings = {"name": "Aki's shop", "zone": "Asia/Tokyo", "currency": "JPY", "threads": 1, "presence": "orders:30d"}
    made = ok.create(tmp_path / "shop", settings=settings, clock=lambda: NOON)
    rows = [order(f"{name}-{day}", name, day=day) for name in NASTY for day in (0, 20, 40, 59)]
    land(made, rows)
    homes = [{"customer_id": name, "attributes": json.dumps({"home": name})} for name in NASTY]
    land(made, homes, table="customers")
    return made


def land(shop: ok.Shop, rows: list[dict[str, Any]], *, table: str = "orders") -> None:
    Lake(shop.workspace.lake_path).land(table, batch(rows, table=table), batch_id=table, now=NOON)


def csv_rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def sheet(path: Path, name: str) -> Any:
    return openpyxl.load_workbook(path)[name]


def cells(path: Path, name: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet(path, name).iter_rows()]


def measurement(unit: Unit, *, currency: str | None = None, **more: Any) -> Measurement:
    return Measurement(
        metric="apv", version=1, value=1234.5, unit=unit, n=3, cutoff=date(2024, 2, 10), currency=currency,
        period=Period(date(2024, 1, 1), date(2024, 2, 1), Grain.MONTH), segment="all", **more,
    )  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_of_file_holds_every_figure(shop: ok.Shop, tmp_path: Path, ending: str) -> None:
    result = shop.measure("crr")
    path = result.save(tmp_path / f"crr{ending}")

    expected = [m.value for m in result.measurements]
    found: list[Any]
    if ending == ".csv":
        found = [float(row["value"]) if row["value"] else None for row in csv_rows(path)]
    elif ending == ".parquet":
        found = pq.read_table(path)["value"].to_pylist()
    else:
        head, *rows = cells(path, "crr")
        found = [row[head.index("Value")] for row in rows]
    assert found == expected
    assert any(value is not None for value in found)


def test_another_ending_is_refused_with_those_there_are(shop: ok.Shop, tmp_path: Path) -> None:
    with pytest.raises(OkaeriError, match=r"End the name in \.csv, \.xlsx, \.parquet"):
        shop.measure("crr").save(tmp_path / "crr.pdf")


def test_a_csv_begins_with_the_mark_that_excel_looks_for_and_has_a_column_for_each_input(
    shop: ok.Shop, tmp_path: Path
) -> None:
    with use_language("ja"):
        path = shop.measure("crr").save(tmp_path / "crr.csv")

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    row = csv_rows(path)[1]
    assert (row["metric"], row["period_start"], row["cutoff"]) == ("crr", "2026-02-01", "2026-03-02")
    assert {"cs", "ce", "cn", "retained", "lost"} <= set(row)
    assert "データ" in csv_rows(path)[-1]["reason"]


def test_no_text_of_a_csv_begins_like_a_formula(shop: ok.Shop, tmp_path: Path) -> None:
    path = shop.measure("apv", segment="home").save(tmp_path / "apv.csv")

    labels = {row["segment"] for row in csv_rows(path)}
    assert labels == {"plain", *(f"'{name}" for name in NASTY if name != "plain")}


def test_no_text_of_a_workbook_is_a_formula(shop: ok.Shop, tmp_path: Path) -> None:
    path = shop.measure("apv", segment="home").save(tmp_path / "apv.xlsx")

    found = [cell for each in openpyxl.load_workbook(path) for row in each.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in found if cell.data_type == "f"]
    labels = {cell.value: cell.quotePrefix for cell in found if cell.value in NASTY}
    assert labels == {name: name != "plain" for name in NASTY}


def test_parquet_keeps_types_and_says_what_it_is(shop: ok.Shop, tmp_path: Path) -> None:
    table = pq.read_table(shop.measure("crr").save(tmp_path / "crr.parquet"))

    types = {name: table.schema.field(name).type for name in ("period_start", "value", "n", "cs", "state")}
    assert types == {
        "period_start": pa.date32(), "value": pa.float64(), "n": pa.int64(), "cs": pa.int64(), "state": pa.string(),
    }  # fmt: skip
    said = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    version = str(shop.measure("crr").metric.version)
    assert said["okaeri.metric"] == "crr" and said["okaeri.version"] == version
    assert said["okaeri.cutoff"] == "2026-03-02" and said["okaeri.presence"] == "orders:30d"


@pytest.mark.parametrize(
    ("unit", "currency", "shown"),
    [
        (Unit.RATE, None, "0.0%"),
        (Unit.COUNT, None, "#,##0"),
        (Unit.MONEY, "EUR", "#,##0.00 [$EUR]"),
        (Unit.MONEY, "KRW", "#,##0 [$KRW]"),
        (Unit.MONEY, "KWD", "#,##0.000 [$KWD]"),
        (Unit.DAYS, None, '#,##0.0" days"'),
    ],
)
def test_a_number_is_shown_in_its_unit(
    shop: ok.Shop, tmp_path: Path, unit: Unit, currency: str | None, shown: str
) -> None:
    figure = measurement(unit, currency=currency, interval=Interval(low=1.0, high=2.0, method="t"))
    path = save(replace(shop.measure("apv"), measurements=(figure,)), tmp_path / "apv.xlsx")

    head, row = sheet(path, "apv").iter_rows()
    found = {heading.value: cell.number_format for heading, cell in zip(head, row, strict=True)}
    assert [found[name] for name in ("Value", "95% interval, low", "95% interval, high")] == [shown] * 3


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_has_a_number_format(unit: Unit) -> None:
    assert "0" in number_format(unit, currency="EUR")


def test_a_sheet_has_days_a_frozen_heading_and_widths_that_fit(shop: ok.Shop, tmp_path: Path) -> None:
    page = sheet(shop.measure("crr").save(tmp_path / "crr.xlsx"), "crr")

    assert page.freeze_panes == "A2"
    assert [cell.value for cell in page[1]][:3] == ["Period", "First day", "The day after the last"]
    assert (page["B2"].value, page["B2"].number_format, page["B2"].is_date) == (
        datetime(2026, 1, 1), "yyyy-mm-dd", True,
    )  # fmt: skip
    assert page["A1"].font.b and page["A1"].fill.fill_type == "solid"
    assert page.column_dimensions["B"].width >= len("2026-01-01")


def test_partial_periods_are_hatched_and_named(shop: ok.Shop, tmp_path: Path) -> None:
    result = shop.measure("crr")
    page = sheet(result.save(tmp_path / "crr.xlsx"), "crr")

    hatched = [row[0].fill.fill_type == "lightUp" for row in page.iter_rows(min_row=2)]
    assert hatched == [m.state is State.PARTIAL for m in result.measurements]
    assert any(hatched) and not all(hatched)
    states = [cell.value for cell in page[len(hatched) + 1]]
    assert "partial" in states


def test_inputs_that_are_no_numbers_are_written_as_they_can_be(shop: ok.Shop, tmp_path: Path) -> None:
    inputs = {"who": "Chiyo", "parts": [1, 2], "seen": True, "share": float("nan"), "since": date(2024, 1, 2), "n": 9}
    odd = replace(measurement(Unit.COUNT), inputs=inputs)
    result = replace(shop.measure("apv"), measurements=(odd,))
    (row,) = csv_rows(save(result, tmp_path / "apv.csv"))
    table = pq.read_table(save(result, tmp_path / "apv.parquet")).to_pylist()[0]

    names = ("who", "parts", "seen", "share", "since", "n_input")
    assert [row[name] for name in names] == ["Chiyo", "[1, 2]", "true", "", "2024-01-02", "9"]
    assert [table[name] for name in names] == ["Chiyo", "[1, 2]", True, None, date(2024, 1, 2), 9]


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text("the old one")

    def fail() -> None:
        with whole(path) as half:
            half.write_text("half of the n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "the old one"
    assert os.listdir(tmp_path) == ["figures.csv"]


def test_a_saved_file_can_be_read_by_those_who_may_read_the_folder(shop: ok.Shop, tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()

    saved = [shop.measure("crr").save(tmp_path / f"crr{ending}") for ending in ENDINGS]
    assert {path.stat().st_mode for path in saved} == {usual.stat().st_mode}


def test_a_workbook_has_contents_a_sheet_for_each_metric_and_definitions(shop: ok.Shop, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    written = shop.export(path, metrics=["crr", "apv", "crr"])

    workbook = openpyxl.load_workbook(path)
    assert written == ("crr", "apv")
    assert workbook.sheetnames == ["Contents", "crr", "apv", "Definitions"]
    contents = [cell.value for row in workbook["Contents"].iter_rows() for cell in row]
    assert {"Aki's shop", "Asia/Tokyo", "crr", "Average purchase value", datetime(2026, 3, 2)} <= {*contents}
    links = [cell.hyperlink.location for row in workbook["Contents"].iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'crr'!A1", "'apv'!A1"]


def test_the_definitions_say_how_each_figure_is_made(shop: ok.Shop, tmp_path: Path) -> None:
    shop.export(tmp_path / "book.xlsx", metrics=["crr"])

    head, row = cells(tmp_path / "book.xlsx", "Definitions")
    said = dict(zip(head, row, strict=True))
    metric = shop.measure("crr").metric
    assert said["Formula"] == str(metric.formula)
    assert (said["Version"], said["Source"], said["Interval"]) == (
        metric.version, metric.source, "Wilson score interval",
    )  # fmt: skip
    assert said["First day not known"] == datetime(2026, 3, 2)
    assert all(str(caveat) in said["Beware"] for caveat in metric.caveats)
    assert "30 days" in said["Who counts"]


@pytest.mark.parametrize(("language", "contents", "definitions"), [("ja", "目次", "定義"), ("ko", "목차", "정의")])
def test_a_workbook_speaks_the_language_asked_for(
    shop: ok.Shop, tmp_path: Path, language: str, contents: str, definitions: str
) -> None:
    shop.export(tmp_path / "book.xlsx", metrics=["crr"], lang=language)
    shop.export(tmp_path / "two.xlsx", metrics=["crr", "apv"], lang=language)

    workbook = openpyxl.load_workbook(tmp_path / "two.xlsx")
    assert (workbook.sheetnames[0], workbook.sheetnames[-1]) == (contents, definitions)
    headings = {cell.value for each in workbook for cell in each[1]}
    assert not headings & {"Period", "Value", "State", "Formula", "Who counts"}


def test_all_writes_what_can_be_measured_and_says_what_cannot(shop: ok.Shop, tmp_path: Path) -> None:
    written = shop.export(tmp_path / "book.xlsx")

    assert {"crr", "apv", "repeat_rate"} <= {*written}
    assert "churn_could_have" not in written
    contents = [cell.value for row in sheet(tmp_path / "book.xlsx", "Contents").iter_rows() for cell in row]
    assert "Not in this book" in contents
    assert any("needs contracts" in str(value) or "There are no" in str(value) for value in contents)


def test_a_metric_asked_for_by_name_that_cannot_be_measured_is_an_error(shop: ok.Shop, tmp_path: Path) -> None:
    with pytest.raises(NothingUsable):
        shop.export(tmp_path / "book.xlsx", metrics=["crr", "churn_could_have"])
    assert not (tmp_path / "book.xlsx").exists()


def test_a_workbook_is_an_xlsx(shop: ok.Shop, tmp_path: Path) -> None:
    with pytest.raises(OkaeriError, match=r"End the name in \.xlsx"):
        shop.export(tmp_path / "book.csv", metrics=["crr"])


def test_a_result_longer_than_a_sheet_says_what_to_write_instead(
    shop: ok.Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okaeri.exports.workbook.LONGEST", 1)

    with pytest.raises(OkaeriError, match=r"Write \.csv or \.parquet"):
        shop.measure("crr").save(tmp_path / "crr.xlsx")


def test_a_table_one_has_can_be_saved_too(tmp_path: Path) -> None:
    orders = pa.table({"customer_id": ["aki"], "ordered_at": ["2024-01-05"], "amount": [40]})

    ok.measure("apv", orders=orders, by="all").save(tmp_path / "apv.csv")
    assert [row["value"] for row in csv_rows(tmp_path / "apv.csv")] == ["40.0"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_result_without_any_figure_is_a_file_with_headings(shop: ok.Shop, tmp_path: Path, ending: str) -> None:
    path = save(replace(shop.measure("crr"), measurements=()), tmp_path / f"crr{ending}")

    assert path.stat().st_size > 0


def test_an_undefined_figure_is_empty_with_its_reason(shop: ok.Shop, tmp_path: Path) -> None:
    reason = _("Nobody was a customer in the period.")
    none = replace(measurement(Unit.RATE), value=None, state=State.UNDEFINED, reason=reason)
    path = save(replace(shop.measure("apv"), measurements=(none,)), tmp_path / "apv.xlsx")

    head, row = cells(path, "apv")
    said = dict(zip(head, row, strict=True))
    assert (said["Value"], said["State"], said["Why"]) == (None, "undefined", str(reason))

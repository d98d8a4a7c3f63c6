"""Workbooks that unpack to more than they seem are never opened."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from okaeri.base.errors import NothingUsable
from okaeri.facts.importing import import_file
from okaeri.facts.reading.packed import check_packed
from okaeri.facts.workspace import Workspace
from tests.facts.imports import NOW


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_workbook_that_declares_too_much_is_refused(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.xlsx", {"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * 2_000_000})

    with pytest.raises(NothingUsable, match="unpacks to more"):
        check_packed(bomb, most_bytes=1_000_000)


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.xlsx", {"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * 2_000_000})
    content = bomb.read_bytes()
    bomb.write_bytes(content.replace((2_000_000).to_bytes(4, "little"), (2_000).to_bytes(4, "little")))

    with pytest.raises(NothingUsable, match=r"unpacks to more|cannot be opened"):
        check_packed(bomb, most_bytes=1_000_000)


def test_an_archive_that_is_no_workbook_is_named_for_what_it_is(shop: Workspace, tmp_path: Path) -> None:
    archive = packed(tmp_path / "orders.csv", {"orders.csv": b"order_id,amount\n1,2\n"})

    with pytest.raises(NothingUsable, match="is a zip file"):
        import_file(shop, archive, table="orders", now=NOW)


@pytest.mark.parametrize("space", [0, (1 << 20) - 30], ids=["at once", "across two reads"])
def test_two_cells_at_the_ends_of_a_sheet_are_not_laid_out(shop: Workspace, tmp_path: Path, space: int) -> None:
    sheet = b"<sheetData>" + b" " * space + b"""<c r="A1"><v>1</v></c><c r='XFD1048576'><v>1</v></c>"""
    sparse = packed(tmp_path / "sparse.xlsx", {"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": sheet})

    with pytest.raises(NothingUsable, match="more than a workbook"):
        import_file(shop, sparse, table="orders", now=NOW)


@pytest.mark.parametrize(("part", "kind"), [("content.xml", "ods"), ("xl/workbook.bin", "xlsb")])
def test_another_kind_of_workbook_is_named(shop: Workspace, tmp_path: Path, part: str, kind: str) -> None:
    other = packed(tmp_path / "orders.xlsx", {"[Content_Types].xml": b"", part: b""})

    with pytest.raises(NothingUsable, match=f"is a {kind} file"):
        import_file(shop, other, table="orders", now=NOW)

"""Cells of an Excel sheet: typed, formatted, never a formula; headings that stay in sight."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from okaeri.exports import formats

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

INK, PAPER, HATCHING = "FF3B2A22", "FFF6E3D8", "FFD9A58A"  # dark on light: 11 to 1
_WIDEST, _NARROWEST, _LOOKED_AT = 48, 9, 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A sheet's headings and rows; `shown` are number formats per cell, `hatched` the rows that are partial."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    shown: Sequence[Sequence[str | None]] | None = None
    hatched: frozenset[int] = frozenset()
    widths: Sequence[int] | None = None
    wrapped: bool = False


def fill(sheet: Worksheet, grid: Grid) -> None:
    """Write headings and rows from the first cell on, with the headings frozen and a filter over them."""
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    heading(sheet, grid.headings, row=1)
    hatching = PatternFill(fill_type="lightUp", fgColor=HATCHING)
    wrap = Alignment(wrap_text=True, vertical="top")
    for place, row in enumerate(grid.rows):
        for column, value in enumerate(row):
            cell = sheet.cell(place + 2, column + 1)
            put(cell, value, shown=grid.shown[place][column] if grid.shown else None)
            if place in grid.hatched:
                cell.fill = hatching
            if grid.wrapped:
                cell.alignment = wrap
    for column in range(len(grid.headings)):
        width = grid.widths[column] if grid.widths else _width(grid, column)
        sheet.column_dimensions[get_column_letter(column + 1)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(grid.headings))}{len(grid.rows) + 1}"


def heading(sheet: Worksheet, words: Sequence[str], *, row: int) -> None:
    """Write a line of headings that can be read from afar: bold, dark on light, wrapped."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    for column, word in enumerate(words, start=1):
        cell = sheet.cell(row, column)
        put(cell, word)
        cell.font = Font(name=formats.font_name(), size=11, bold=True, color=INK)
        cell.fill = PatternFill(fill_type="solid", fgColor=PAPER)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = Border(bottom=Side(style="medium", color=INK))


def put(cell: Cell, value: Any, *, shown: str | None = None) -> None:
    """Give a cell its value: text stays text whatever it begins with, days are days, numbers keep every digit."""
    if value is None:
        return
    if isinstance(value, str):
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # a text such as =1+1 would become a formula
        cell.quotePrefix = value.lstrip(" ").startswith(("=", "+", "-", "@"))
        return
    cell.value = value
    if shown or isinstance(value, date):
        cell.number_format = shown or formats.DAY


def _width(grid: Grid, column: int) -> float:
    words = [grid.headings[column][:_WIDEST], *(_as_shown(row[column]) for row in grid.rows[:_LOOKED_AT])]
    return min(_WIDEST, max(_NARROWEST, *(_columns(word) + 2 for word in words)))


def _as_shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}      "  # a currency's code or a unit's word comes after it
    return "" if value is None else str(value)


def _columns(words: str) -> int:
    """How many narrow letters wide a text is: kana, kanji and Hangul take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)

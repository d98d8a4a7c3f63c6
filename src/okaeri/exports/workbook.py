"""An Excel workbook: what is in it, a sheet for each metric, and what each of them means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show
from okaeri.exports import formats
from okaeri.exports.files import whole
from okaeri.exports.sheets import Grid, fill, heading, put
from okaeri.exports.tables import figures_of
from okaeri.metrics.result import MetricResult
from okaeri.reports.glass import exemplar, method_name

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST = 1_048_575  # rows under a heading that Excel can hold


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """What goes into one workbook; one that says when it was made begins with a sheet of contents.

    `left_out` are metrics that were asked for and why they are not in it.
    """

    results: Sequence[MetricResult]
    left_out: Sequence[tuple[Text, Text | str]] = ()
    made_on: date | None = None


def write_book(book: Book, path: Path) -> Path:
    """Write the workbook; raises `OkaeriError` when a metric has more rows than a sheet."""
    from openpyxl import Workbook

    for result in book.results:
        _check_length(result)
    workbook = Workbook()
    workbook.remove(workbook.active)
    contents = workbook.create_sheet(str(_("Contents"))) if book.made_on else None
    for result in book.results:
        fill(workbook.create_sheet(result.metric.id[:31]), figures_of(result))
    _definitions(workbook.create_sheet(str(_("Definitions"))), book.results)
    if contents is not None:
        _contents(contents, book)
    _sign(workbook, book)
    with whole(path) as half:
        workbook.save(half)
    return path


def _check_length(result: MetricResult) -> None:
    if len(result.measurements) > LONGEST:
        raise OkaeriError(
            _("{metric} has {n} rows, more than an Excel sheet can hold.").format(
                metric=result.metric.label, n=show(float(len(result.measurements)), Unit.COUNT)
            ),
            advice=_("Write .csv or .parquet, or ask for fewer periods."),
        )


def _contents(sheet: Worksheet, book: Book) -> None:
    """The first sheet: whose figures these are, and a line with the latest figure of each metric."""
    from openpyxl.styles import Font

    first = book.results[0] if book.results else None
    sheet.sheet_view.showGridLines = False
    put(sheet.cell(1, 1), first.workspace_name if first and first.workspace_name else "Okaeri")
    sheet.cell(1, 1).font = Font(name=formats.font_name(), size=16, bold=True)
    row = 2
    for name, value in _about(first, book.made_on):
        put(sheet.cell(row, 1), name)
        put(sheet.cell(row, 2), value)
        row += 1
    row += 1
    heading(sheet, [str(word) for word in _CONTENTS], row=row)
    for place, result in enumerate(book.results, start=row + 1):
        _content_line(sheet, place, result)
    _left_out(sheet, book, row=row + len(book.results) + 2)
    for letter, width in zip("ABCDEF", (28, 34, 22, 18, 16, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = sheet.cell(row + 1, 1)


_CONTENTS = (
    _("Sheet"),
    _("Metric"),
    _("Latest complete period"),
    _("Value"),
    _("95% interval, low"),
    _("95% interval, high"),
)


def _about(result: MetricResult | None, made_on: date | None) -> Iterator[tuple[str, Any]]:
    if result:
        yield str(_("First day not known")), result.cutoff
        yield str(_("Time zone")), result.zone
        yield str(_("Who counts")), str(result.presence)
    yield str(_("Written on")), made_on


def _content_line(sheet: Worksheet, row: int, result: MetricResult) -> None:
    from openpyxl.styles import Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    name = result.metric.id[:31]
    link = sheet.cell(row, 1)
    put(link, name)
    link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!A1")
    link.font = Font(name=formats.font_name(), color="0B5CAD", underline="single")
    put(sheet.cell(row, 2), str(result.metric.label))
    chosen = exemplar(result) if _one_line(result) else None
    if chosen is None:
        return
    shown = formats.number_format(chosen.unit, currency=chosen.currency)
    put(sheet.cell(row, 3), chosen.period.label if chosen.period else None)
    interval = chosen.interval
    bounds = (interval.low, interval.high) if interval else (None, None)
    for column, value in enumerate((chosen.value, *bounds), start=4):
        put(sheet.cell(row, column), value, shown=shown)


def _one_line(result: MetricResult) -> bool:
    """Whether a period has one figure, so that the latest one can stand for the metric."""
    periods = [m.period for m in result.measurements]
    return len(periods) == len(set(periods)) and None not in periods


def _left_out(sheet: Worksheet, book: Book, *, row: int) -> None:
    if book.left_out:
        heading(sheet, [str(_("Not in this book")), str(_("Why"))], row=row)
        for place, (label, why) in enumerate(book.left_out, start=row + 1):
            put(sheet.cell(place, 1), str(label))
            put(sheet.cell(place, 2), str(why))


def _definitions(sheet: Worksheet, results: Sequence[MetricResult]) -> None:
    """The last sheet: what each figure means, how it is counted and what to beware of."""
    words = [
        _("Metric"), _("Name"), _("Version"), _("What it says"), _("Formula"), _("Interval"), _("Source"),
        _("Beware"), _("Who counts"), _("First day not known"), _("Time zone"), _("Split by"),
    ]  # fmt: skip
    lines = [
        [
            result.metric.id,
            str(result.metric.label),
            result.metric.version,
            str(result.metric.definition),
            str(result.metric.formula),
            method_name(result.metric.interval),
            result.metric.source,
            "\n".join(str(text) for text in (*result.metric.caveats, *_notes(result))),
            str(result.presence),
            result.cutoff,
            result.zone,
            result.segment_column,
        ]
        for result in results
    ]
    fill(sheet, Grid(headings=[str(word) for word in words], rows=lines, widths=_WIDTHS, wrapped=True))


_WIDTHS = (22, 26, 9, 46, 46, 30, 40, 60, 40, 14, 16, 14)


def _notes(result: MetricResult) -> list[Text]:
    return [note for note in result.notes if note != result.presence.sentence]


def _sign(workbook: Workbook, book: Book) -> None:
    workbook.properties.creator = "Okaeri"
    workbook.properties.title = ", ".join(result.metric.id for result in book.results)[:255]
    if book.made_on:
        workbook.properties.created = datetime.combine(book.made_on, time.min)

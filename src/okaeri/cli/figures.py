"""Figures as tables for a terminal: a list over periods, a cohort triangle, a curve at readable days.

A partial figure is hatched ▒ and says so; an undefined one gives its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import _
from okaeri.base.units import Unit, show
from okaeri.cli.output import grid, page, say, show_table
from okaeri.reports.glass import show_interval

if TYPE_CHECKING:
    from rich.table import Table

    from okaeri.metrics.result import MetricResult

CURVE_DAYS = (0, 7, 14, 30, 60, 90, 120, 180, 270, 365, 540, 730, 1095, 1460, 1825)
HEAD, CELL = 32, 9  # columns of the terminal that the cohort and one age take


def draw(result: MetricResult) -> None:
    """Print the measurements of a result in the form that suits them."""
    rows = result.measurements
    segmented = result.segment_column is not None or len({m.segment for m in rows}) > 1
    if rows and all("age" in m.inputs for m in rows):
        for segment, money in dict.fromkeys((m.segment, m.currency) for m in rows):
            parts = [_named(segment, result), money if _several_currencies(rows) else None]
            title = " · ".join(part for part in parts if part)
            _draw_triangle([m for m in rows if (m.segment, m.currency) == (segment, money)], title or None)
        say(_("  +n: so many periods after the one they came in. ▒: not over yet. Empty: not seen yet."))
    elif rows and all("at_risk" in m.inputs for m in rows):
        show_table(_curve(rows, segmented=segmented, column=result.segment_column))
    else:
        show_table(_list(rows, segmented=segmented, column=result.segment_column))


def _curve(rows: Sequence[Measurement], *, segmented: bool, column: str | None) -> Table:
    """A step curve at round days and where it ends."""
    segment = [_("Segment")] if segmented else []
    table = grid([*segment, _("Days since the start"), _("Value"), _("95% interval")], numbers=range(len(segment), 4))
    for name in dict.fromkeys(m.segment for m in rows):
        steps = [m for m in rows if m.segment == name]
        last = steps[-1].inputs["day"]
        for day in (*(d for d in CURVE_DAYS if d < last), last):
            before = [m for m in steps if m.inputs["day"] <= day]
            if before:
                cells = [show(float(day), Unit.COUNT), str(before[-1]), show_interval(before[-1]) or ""]
                table.add_row(*([_label(name, column)] if segmented else []), *cells)
    return table


def _list(rows: Sequence[Measurement], *, segmented: bool, column: str | None) -> Table:
    headings = [_("Period")]
    headings += [_("Segment")] if segmented else []
    named = _several_currencies(rows)
    headings += [_("Currency")] if named else []
    first = len(headings)
    headings += [_("Value"), _("95% interval"), _("Count"), _("State")]
    table = grid(headings, numbers=range(first, first + 3))
    table.columns[0].no_wrap = True
    for m in rows:
        name = m.period.label if m.period else str(_("all"))
        segment = [_label(m.segment, column)] if segmented else []
        segment += [m.currency or ""] if named else []
        count = show(None if m.n is None else float(m.n), Unit.COUNT)
        value = ("▒ " if m.state is State.PARTIAL else "") + str(m)
        table.add_row(name, *segment, value, show_interval(m) or "", count, _state(m), style=_style(m))
    return table


def _several_currencies(rows: Sequence[Measurement]) -> bool:
    """Whether figures must say whose currency they are in: a share of money does not show it."""
    return len({m.currency for m in rows if m.currency}) > 1


def _draw_triangle(rows: Sequence[Measurement], title: str | None) -> None:
    ages = sorted({int(m.inputs["age"]) for m in rows})
    fitting = ages[: max(1, (page().width - HEAD) // CELL)]
    headings = [str(_("Since")), str(_("Customers")), *(f"+{age}" for age in fitting)]
    table = grid(headings, numbers=range(1, len(headings)))
    table.columns[0].no_wrap = True
    for period in dict.fromkeys(m.period for m in rows):
        cells = {int(m.inputs["age"]): m for m in rows if m.period == period}
        size = next(iter(cells.values())).inputs.get("cohort_size")
        name = period.label if period else str(_("Weighted mean"))
        shown = [_cell(cells.get(age)) for age in fitting]
        table.add_row(
            name, show(None if size is None else float(size), Unit.COUNT), *shown, style="" if period else "bold"
        )
    show_table(table, title=title)
    if len(fitting) < len(ages):
        words = _("  {n} later ages do not fit here; --json has them.")
        say(words.format(n=len(ages) - len(fitting)), style="quiet")


def _cell(m: Measurement | None) -> str:
    if m is None or m.value is None:
        return ""
    return ("▒" if m.state is State.PARTIAL else "") + show(m.value, m.unit, currency=m.currency)


def _named(segment: str | None, result: MetricResult) -> str | None:
    column = result.segment_column
    return f"{column}: {_label(segment, column)}" if column else None


def _label(segment: str | None, column: str | None) -> str:
    """A segment as people call it; labels that Okaeri gave have names in each language."""
    if not segment:
        return str(_("(none)"))
    from okaeri.predictions.segments.names import label_name

    return str(label_name(column, segment)) if column else segment


def _state(m: Measurement) -> str:
    if m.state is State.COMPLETE:
        return ""
    word = _("partial") if m.state is State.PARTIAL else _("undefined")
    return f"{word}: {m.reason}" if m.reason else str(word)


def _style(m: Measurement) -> str:
    return {State.COMPLETE: "", State.PARTIAL: "partial", State.UNDEFINED: "quiet"}[m.state]

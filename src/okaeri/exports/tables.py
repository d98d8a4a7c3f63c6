"""A result as the rows of a sheet: columns that say something, in the reader's words, partial periods marked."""

from __future__ import annotations

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.exports import formats
from okaeri.exports.columns import Column, Kind, columns_of
from okaeri.exports.sheets import Grid
from okaeri.metrics.result import MetricResult
from okaeri.reports.formulas import input_name, is_money

_HEADINGS: dict[str, Text] = {
    "period": _("Period"),
    "period_start": _("First day"),
    "period_end": _("The day after the last"),
    "segment": _("Segment"),
    "currency": _("Currency"),
    "value": _("Value"),
    "low": _("95% interval, low"),
    "high": _("95% interval, high"),
    "n": _("Count"),
    "state": _("State"),
    "reason": _("Why"),
}
_STATES = {State.COMPLETE: _("complete"), State.PARTIAL: _("partial"), State.UNDEFINED: _("undefined")}
_ONLY_IF_FILLED = ("period", "period_start", "period_end", "currency", "low", "high", "reason")


def figures_of(result: MetricResult) -> Grid:
    """The sheet of one metric: a row per measurement."""
    rows = result.measurements
    columns = [column for column in columns_of(result) if _is_shown(column, result)]
    return Grid(
        headings=[_heading(column, result) for column in columns],
        rows=[[_value(column, place, m) for column in columns] for place, m in enumerate(rows)],
        shown=[[_format(column, m) for column in columns] for m in rows],
        hatched=frozenset(place for place, m in enumerate(rows) if m.state is State.PARTIAL),
    )


def _is_shown(column: Column, result: MetricResult) -> bool:
    if column.of_input:
        return True
    if column.name == "segment":
        return result.segment_column is not None
    if column.name in _ONLY_IF_FILLED:
        return any(value is not None for value in column.values)
    return column.name in _HEADINGS


def _heading(column: Column, result: MetricResult) -> str:
    if column.of_input:
        return input_name(column.of_input)
    return result.segment_column or "" if column.name == "segment" else str(_HEADINGS[column.name])


def _value(column: Column, place: int, measurement: Measurement) -> object:
    return str(_STATES[measurement.state]) if column.name == "state" else column.values[place]


def _format(column: Column, measurement: Measurement) -> str | None:
    if column.name in ("value", "low", "high"):
        return formats.number_format(measurement.unit, currency=measurement.currency)
    if column.kind is Kind.DAY:
        return formats.DAY
    if column.of_input and is_money(column.of_input):
        return formats.money_format(measurement.currency)
    return {Kind.WHOLE: formats.WHOLE, Kind.NUMBER: formats.NUMBER}.get(column.kind)

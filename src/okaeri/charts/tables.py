"""The figures behind a chart as rows of words, for those who would rather read than look."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.figure import Table
from okaeri.charts.series import name_of
from okaeri.charts.words import Between, Named, Shown, Word
from okaeri.metrics.result import MetricResult


def over_time_table(result: MetricResult) -> Table:
    """One row per figure: period, segment when there are several, value, interval, n and state."""
    segmented = result.segment_column is not None
    named = result.metric.unit is not Unit.MONEY and len({m.currency for m in result.measurements if m.currency}) > 1
    columns = [
        _("Period"),
        *([_("Segment")] if segmented else []),
        *([_("Currency")] if named else []),
        result.metric.label,
        _("95% interval"),
        _("n"),
        _("State"),
    ]
    return Table(columns=tuple(columns), rows=tuple(_row(m, segmented, named) for m in result.measurements))


def state_of(measurement: Measurement) -> Text:
    """The state as a word, with the reason when there is one.

    >>> from datetime import date
    >>> str(state_of(Measurement(metric="crr", version=1, value=0.5, unit=Unit.RATE, cutoff=date(2024, 1, 1))))
    'complete'
    """
    if measurement.state is State.COMPLETE:
        return _("complete")
    if measurement.state is State.PARTIAL:
        return _("not complete yet")
    return measurement.reason or _("undefined")


def cohort_table(
    cohorts: Sequence[tuple[Word, Sequence[Measurement]]], *, ages: Sequence[int], first: Text, size: Text
) -> Table:
    """One row per cohort: its name, its size, then a cell per age; unseen ages stay empty."""
    columns: tuple[Word, ...] = (first, size, *(str(age) for age in ages))
    rows = tuple(_cohort_row(name, cells, ages) for name, cells in cohorts)
    return Table(columns=columns, rows=rows)


def _row(m: Measurement, segmented: bool, named: bool) -> tuple[Word, ...]:
    segment: tuple[Word, ...] = (name_of(m.segment),) if segmented else ()
    currency: tuple[Word, ...] = (m.currency or "",) if named else ()
    value = Shown(m.value, m.unit, m.currency)
    return (
        Named(m.period),
        *segment,
        *currency,
        value,
        Between(m.interval, m.unit, m.currency),
        Shown(m.n, Unit.COUNT),
        state_of(m),
    )


def _cohort_row(name: Word, cells: Sequence[Measurement], ages: Sequence[int]) -> tuple[Word, ...]:
    by_age = {int(cell.inputs["age"]): cell for cell in cells}
    sizes = [cell.inputs.get("cohort_size") for cell in cells]
    known = [size for size in sizes if size is not None]
    return (name, Shown(max(known, default=None), Unit.COUNT), *(_cell(by_age.get(age)) for age in ages))


def _cell(cell: Measurement | None) -> Word:
    if cell is None or cell.value is None:
        return ""
    shown = Shown(cell.value, cell.unit, cell.currency)
    return _("{value} (not complete)").format(value=shown) if cell.state is State.PARTIAL else shown

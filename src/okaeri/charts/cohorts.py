"""The cohort triangle as a heat map: shares, counts or revenue by age; unseen ages blank, unfinished ones hatched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.cells import Triangle
from okaeri.charts.figure import Figure, Table
from okaeri.charts.insight import latest_change
from okaeri.charts.series import chosen, state_notes
from okaeri.charts.tables import cohort_table
from okaeri.charts.words import Named, Shown, Word, sentences
from okaeri.metrics.result import MetricResult

MOST_COHORTS, MOST_AGES = 24, 24
AGES = {
    "day": _("Days since becoming a customer"),
    "week": _("Weeks since becoming a customer"),
    "month": _("Months since becoming a customer"),
    "quarter": _("Quarters since becoming a customer"),
    "year": _("Years since becoming a customer"),
}
_NEXT = {
    "day": _("the next day"),
    "week": _("the next week"),
    "month": _("the next month"),
    "quarter": _("the next quarter"),
    "year": _("the next year"),
}


def cohorts(result: MetricResult, *, show: str = "value") -> Figure:
    """The heat map of the largest segment; `show` is "value" (the metric itself) or "count" (active customers)."""
    line = chosen(result, most=1)
    cells = [_as_count(m) if show == "count" else m for s in line.series for m in s.points if "age" in m.inputs]
    by_cohort = _by_cohort(cells)
    mean = [m for m in cells if m.period is None and show != "count"]
    latest = by_cohort[-MOST_COHORTS:]
    ages = sorted({int(m.inputs["age"]) for _, row in latest for m in row if m.value is not None})[:MOST_AGES]
    triangle = Triangle(
        cohorts=latest,
        mean=mean if by_cohort else [],
        ages=ages,
        title=AGES.get(result.grain, _("Periods since becoming a customer")),
    )
    return Figure(
        kind="cohorts",
        title=_finding(result, by_cohort, mean),
        subtitle=result.metric.definition,
        insight=_insight(by_cohort),
        alt=_in_words(result, by_cohort, mean),
        table=_table(by_cohort, mean, ages),
        notes=(*line.notes, *_notes(by_cohort, latest, cells)),
        draw=triangle.draw,
    )


def _by_cohort(cells: Sequence[Measurement]) -> list[tuple[Word, list[Measurement]]]:
    rows: dict[object, list[Measurement]] = {}
    for cell in cells:
        if cell.period is not None:
            rows.setdefault(cell.period, []).append(cell)
    ordered = sorted(rows.values(), key=lambda row: row[0].period.start if row[0].period else row[0].cutoff)
    return [(Named(row[0].period), row) for row in ordered if any(cell.value is not None for cell in row)]


def _as_count(cell: Measurement) -> Measurement:
    active = cell.inputs.get("active")
    return Measurement(
        metric=cell.metric,
        version=cell.version,
        value=active if cell.value is not None else None,
        unit=Unit.COUNT,
        cutoff=cell.cutoff,
        n=cell.n,
        period=cell.period,
        segment=cell.segment,
        state=cell.state,
        reason=cell.reason,
        inputs=cell.inputs,
    )


def _at(age: int, rows: Sequence[tuple[Word, list[Measurement]]]) -> list[Measurement]:
    return [cell for _, row in rows for cell in row if cell.inputs["age"] == age]


def _finding(result: MetricResult, rows: Sequence[tuple[Word, list[Measurement]]], mean: Sequence[Measurement]) -> Text:
    later = next((m for m in mean if m.inputs["age"] == 1 and m.value is not None and m.unit is Unit.RATE), None)
    if later is not None and result.grain in _NEXT:
        words = _("On average {value} of new customers are still active {when}")
        if result.metric.id == "cohort_unbounded":
            words = _("On average {value} of new customers come back {when} or later")
        if result.metric.id == "mrr_cohort":
            words = _("On average {value} of a cohort's first monthly revenue is there {when}")
        return words.format(value=later, when=_NEXT[result.grain])
    first = [m for m in _at(0, rows) if m.state is State.COMPLETE and m.value is not None]
    if first and first[-1].unit is not Unit.RATE:
        words = _("{label}: {value} from the customers of {period} in their first period")
        return words.format(label=result.metric.label, value=first[-1], period=Named(first[-1].period))
    return _("{label}: no cohort has been followed for a whole period yet").format(label=result.metric.label)


def _insight(rows: Sequence[tuple[Word, list[Measurement]]]) -> Text:
    return sentences(_("One period after the first, cohort against cohort."), latest_change(_at(1, rows)))


def _in_words(
    result: MetricResult, rows: Sequence[tuple[Word, list[Measurement]]], mean: Sequence[Measurement]
) -> Text:
    if not rows:
        return _("{kind}: {label}. Nothing is known yet.").format(kind=_("Heat map"), label=result.metric.label)
    head = _("Heat map: {label}. {n} cohorts from {first} to {last}, one row each, one column per period of age.")
    parts = [head.format(label=result.metric.label, n=Shown(len(rows), Unit.COUNT), first=rows[0][0], last=rows[-1][0])]
    known = [m for m in mean if m.value is not None and m.inputs["age"] > 0]
    if known:
        words = _("The weighted mean goes from {first} at age {from_age} to {last} at age {to_age}.")
        parts.append(
            words.format(
                first=known[0], from_age=known[0].inputs["age"], last=known[-1], to_age=known[-1].inputs["age"]
            )
        )
    return sentences(*parts)


def _table(rows: Sequence[tuple[Word, list[Measurement]]], mean: Sequence[Measurement], ages: Sequence[int]) -> Table:
    every = [*rows, (_("Weighted mean"), list(mean))] if mean else list(rows)
    return cohort_table(every, ages=ages, first=_("Cohort"), size=_("Customers"))


def _notes(
    every: Sequence[tuple[Word, list[Measurement]]], drawn: Sequence[object], cells: Sequence[Measurement]
) -> list[Text]:
    notes = []
    if len(every) > len(drawn):
        words = _("The latest {drawn} of {all} cohorts are drawn; the table has them all.")
        notes.append(words.format(drawn=len(drawn), all=len(every)))
    if not any(cell.period is None for cell in cells):
        return [*notes, *(state_notes([cell for cell in cells if cell.state is State.PARTIAL]))]
    if any(cell.state is State.PARTIAL for cell in cells):
        words = _("Hatched: not complete yet; the records end with {day}. Not part of the mean.")
        notes.append(words.format(day=cells[0].cutoff - timedelta(days=1)))
    return notes

"""How long customers stay, or until they buy again: Kaplan–Meier curves with their bands and medians."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.figure import Figure, Table
from okaeri.charts.insight import highest_and_lowest
from okaeri.charts.series import Series, chosen
from okaeri.charts.steps import Steps, day_ticks, median_of
from okaeri.charts.tables import state_of
from okaeri.charts.words import Between, Shown, Word, sentences
from okaeri.metrics.result import MetricResult

ENOUGH = 10  # with fewer customers followed a step says more about one person than about customers
_MARKS = (3650, 1825, 730, 365, 180, 90, 60, 30, 14, 7, 1)


def survival(result: MetricResult) -> Figure:
    """Step curves, drawn while at least ten customers are followed."""
    picked = chosen(result)
    falling = result.metric.id != "time_to_second"
    followed = [_followed(line) for line in picked.series]
    last_day = max(followed, default=0)
    lines = [Series(name=line.name, points=_seen(line)) for line in picked.series if _seen(line)]
    steps = Steps(series=lines, falling=falling, last_day=last_day, title=_axis(falling))
    return Figure(
        kind="survival",
        title=_finding(result, lines, last_day, falling=falling),
        subtitle=result.metric.definition,
        insight=_insight(lines, last_day, falling=falling),
        alt=_in_words(result, lines, last_day),
        table=_table(result, last_day),
        notes=(*picked.notes, *_notes(picked.series)),
        draw=steps.draw,
    )


def _axis(falling: bool) -> Text:
    return _("Days since becoming a customer") if falling else _("Days since the first purchase")


def _seen(line: Series) -> tuple[Measurement, ...]:
    """The steps with enough customers behind them, or all of a curve that never had so many."""
    known = [p for p in line.points if p.value is not None and p.inputs.get("day") is not None]
    enough = [p for p in known if (p.inputs.get("at_risk") or 0) >= ENOUGH]
    return tuple(sorted(enough or known, key=lambda p: int(p.inputs["day"])))


def _followed(line: Series) -> int:
    return max((int(p.inputs["day"]) for p in _seen(line)), default=0)


def _level(line: Series, day: int) -> Measurement | None:
    until = [p for p in line.points if p.inputs["day"] <= day]
    return until[-1] if until else None


def _mark(last_day: int) -> int:
    return next((mark for mark in _MARKS if mark <= last_day), last_day)


def _finding(result: MetricResult, lines: Sequence[Series], last_day: int, *, falling: bool) -> Text:
    levels = [(line, level) for line in lines if (level := _level(line, _mark(last_day))) is not None]
    if not levels:
        return _("{label}: nobody has been followed long enough yet").format(label=result.metric.label)
    day = Shown(_mark(last_day), Unit.COUNT)
    if len(levels) > 1:
        ranked = sorted(levels, key=lambda pair: -(pair[1].value or 0))
        words = _("After {days} days: {top} {high}, {bottom} {low}")
        (top, high), (bottom, low) = ranked[0], ranked[-1]
        return words.format(days=day, top=top.name, high=high, bottom=bottom.name, low=low)
    median = median_of(lines[0])
    if median is not None:
        words = _("Half of customers are gone after {days} days") if falling else _("Half buy again within {days} days")
        return words.format(days=Shown(median, Unit.COUNT))
    words = _("{value} are still customers after {days} days") if falling else _("{value} buy again within {days} days")
    return words.format(value=levels[0][1], days=day)


def _insight(lines: Sequence[Series], last_day: int, *, falling: bool) -> Text:
    mark = _mark(last_day)
    levels = [(line, level) for line in lines if (level := _level(line, mark)) is not None]
    if not levels:
        return _("Nobody has been followed long enough yet.")
    if len(levels) > 1:
        lead = _("After {days} days, segment against segment.").format(days=Shown(mark, Unit.COUNT))
        return sentences(lead, highest_and_lowest(levels))
    words = (
        _("After {days} days {value} are still customers (95% interval {range}).")
        if falling
        else _("Within {days} days {value} have bought again (95% interval {range}).")
    )
    level = levels[0][1]
    said = words.format(days=Shown(mark, Unit.COUNT), value=level, range=Between(level.interval, level.unit))
    return sentences(said, _half(median_of(lines[0])))


def _half(median: float | None) -> Text:
    if median is None:
        return _("Half is not reached in the days seen so far.")
    return _("Half is reached after {days} days.").format(days=Shown(median, Unit.COUNT))


def _in_words(result: MetricResult, lines: Sequence[Series], last_day: int) -> Text:
    head = _("Step curve with a 95% band: {label} over {days} days.")
    parts = [head.format(label=result.metric.label, days=Shown(last_day, Unit.COUNT))]
    for line in lines:
        end = line.points[-1]
        words = _("{name}: {value} at the end.") if line.name is not None else _("{value} at the end.")
        parts.append(words.format(name=line.name, value=end))
    return sentences(*parts)


def _table(result: MetricResult, last_day: int) -> Table:
    """The level on even days, of every segment."""
    every = chosen(result, most=10_000).series
    named = any(line.name is not None for line in every)
    columns = [
        _("Day"),
        *([_("Segment")] if named else []),
        result.metric.label,
        _("95% interval"),
        _("Followed"),
        _("State"),
    ]
    body: list[tuple[Word, ...]] = []
    for line in every:
        ordered = Series(name=line.name, points=_seen(line))
        for day in day_ticks(last_day, room=14):
            level = _level(ordered, day)
            if level is not None:
                name: tuple[Word, ...] = (line.name,) if line.name is not None else ()
                followed = Shown(level.inputs.get("at_risk"), Unit.COUNT)
                body.append(
                    (
                        Shown(day, Unit.COUNT),
                        *name,
                        Shown(level.value, level.unit),
                        _range(level),
                        followed,
                        state_of(level),
                    )
                )
    return Table(columns=tuple(columns), rows=tuple(body))


def _range(level: Measurement) -> Word:
    return Between(level.interval, level.unit)


def _notes(series: Sequence[Series]) -> list[Text]:
    thin = any((p.inputs.get("at_risk") or 0) < ENOUGH for line in series for p in line.points)
    return [_("Drawn while at least {n} customers are followed.").format(n=ENOUGH)] if thin else []

"""Every target with its verdict: of the latest complete period, of the current one so far, and of its forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from okaeri.base.calendar import Period
from okaeri.base.errors import NothingUsable
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import show
from okaeri.metrics.result import MetricResult
from okaeri.targets.forecast import METHOD, MOST, Course, Forecast, forecast
from okaeri.targets.target import Target
from okaeri.targets.verdict import Judged, Verdict, compare, judge

Measuring = Callable[..., MetricResult]  # takes a metric and a question about it


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One target on the scorecard; `reason` says why there is no figure to judge."""

    target: Target
    latest: Judged | None = None
    current: Judged | None = None
    forecast: Forecast | None = None
    reason: Text | str | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict that counts: of the latest complete period."""
        return self.latest.verdict if self.latest else Verdict.UNCLEAR

    @property
    def course(self) -> Verdict:
        """Whether the forecast for the current period meets the target."""
        interval = self.forecast.interval if self.forecast else None
        return compare(interval, self.target) if interval else Verdict.UNCLEAR

    def shown(self, value: float | None) -> str:
        """A number in the unit and currency of the figure that is judged; "–" where there is none."""
        judged = self.latest or self.current
        if judged is None:
            return "–"
        return show(value, judged.measurement.unit, currency=judged.measurement.currency)

    def around(self, interval: Interval) -> str:
        """Both ends of an interval, as `shown` shows them."""
        return f"{self.shown(interval.low)} – {self.shown(interval.high)}"

    def as_json(self) -> dict[str, Any]:
        """The line as JSON; figures stay in the metric's unit."""
        return {
            "target": self.target.as_entry(),
            "verdict": self.verdict.value,
            "reason": str(self.reason or (self.latest.reason if self.latest else "")) or None,
            "latest": _judged(self.latest),
            "current": _judged(self.current),
            "forecast": _forecast(self),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorecard:
    """The lines of all targets."""

    lines: tuple[Line, ...]

    def having(self, verdict: Verdict) -> tuple[Line, ...]:
        """The lines with one verdict."""
        return tuple(line for line in self.lines if line.verdict is verdict)

    def as_json(self) -> dict[str, Any]:
        """The scorecard as the command line prints it."""
        counts = {name: len(self.having(verdict)) for name, verdict in _COUNTED.items()}
        return {**counts, "targets": [line.as_json() for line in self.lines]}


_COUNTED = {"met": Verdict.MET, "missed": Verdict.MISSED, "cannot_tell": Verdict.UNCLEAR}


def scorecard(targets: Sequence[Target], *, measure: Measuring, as_of_cutoff: Measuring) -> Scorecard:
    """Judge every target; `measure` answers about now, `as_of_cutoff` about earlier points for the forecasts."""
    return Scorecard(lines=tuple(_line(target, measure, as_of_cutoff) for target in targets))


def _line(target: Target, measure: Measuring, as_of_cutoff: Measuring) -> Line:
    try:
        result = measure(target.metric, by=target.by, segment=target.column)
    except NothingUsable as error:
        return Line(target=target, reason=error.what)
    found = _figures(result, target)
    if isinstance(found, Text):
        return Line(target=target, reason=found)
    past = [m for period, m in found.items() if period.end <= result.cutoff]
    current = next((m for period, m in found.items() if period.start < result.cutoff < period.end), None)
    return Line(
        target=target,
        latest=judge(past[-1], target) if past else None,
        current=judge(current, target) if current else None,
        forecast=_forecast_of(current, past, target, result, as_of_cutoff) if current else None,
        reason=None if past else _("No period is complete yet."),
    )


def _figures(result: MetricResult, target: Target) -> dict[Period, Measurement] | Text:
    """The target's figure in each period, oldest first; or why there is not one of each."""
    found: dict[Period, Measurement] = {}
    for m in _of_target(result.measurements, target):
        if m.period is None or m.period in found:
            return _("{metric} gives several figures for a period, so a target cannot be held against it.").format(
                metric=result.metric.label
            )
        found[m.period] = m
    if not found:
        return _("There is no figure for {what}.").format(what=target.segment or target.currency or target.metric)
    return dict(sorted(found.items(), key=lambda item: item[0].start))


def _of_target(measurements: Sequence[Measurement], target: Target) -> Iterator[Measurement]:
    for m in measurements:
        if (target.label is None or m.segment == target.label) and target.currency in ("", m.currency or ""):
            yield m


def _forecast_of(
    current: Measurement, past: Sequence[Measurement], target: Target, result: MetricResult, as_of_cutoff: Measuring
) -> Forecast:
    assert current.period is not None
    elapsed = (result.cutoff - current.period.start).days
    courses = [
        course
        for m in past[-MOST:]
        if m.state is State.COMPLETE and m.value is not None
        for course in _course(m, elapsed, target, result, as_of_cutoff)
    ]
    return forecast(current.value, courses, unit=current.unit)


def _course(
    m: Measurement, elapsed: int, target: Target, result: MetricResult, as_of_cutoff: Measuring
) -> Iterator[Course]:
    """The figure as it stood as many days into an earlier period, and at its end."""
    assert m.period is not None and m.value is not None
    try:
        then = as_of_cutoff(
            target.metric,
            by=target.by,
            start=m.period.start,
            end=m.period.start + timedelta(days=1),
            segment=target.column,
            presence=None if result.presence.rule.everybody else result.presence.code,
            cutoff=_point(m.period, elapsed),
        )
    except NothingUsable:
        return
    figures = _figures(then, target)
    figure = figures.get(m.period) if isinstance(figures, dict) else None
    if figure is not None and figure.value is not None:
        yield Course(then=figure.value, end=m.value)


def _point(period: Period, elapsed: int) -> date:
    """As many days into a period; the last day of one that is shorter."""
    return min(period.start + timedelta(days=elapsed), period.end - timedelta(days=1))


def _judged(judged: Judged | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    return {
        **{name: judged.measurement.as_row()[name] for name in ("period_start", "period_end", "value", "n", "state")},
        "low": judged.interval.low if judged.interval else None,
        "high": judged.interval.high if judged.interval else None,
        "interval_method": judged.interval.method if judged.interval else None,
        "verdict": judged.verdict.value,
        "reason": str(judged.reason),
    }


def _forecast(line: Line) -> dict[str, Any] | None:
    found = line.forecast
    if found is None:
        return None
    return {
        "value": found.value,
        "low": found.interval.low if found.interval else None,
        "high": found.interval.high if found.interval else None,
        "level": found.interval.level if found.interval else None,
        "verdict": line.course.value,
        "periods": found.periods,
        "backtest": {"held": found.held, "tested": found.tested},
        "method": str(METHOD),
        "reason": str(found.reason) if found.reason else None,
    }

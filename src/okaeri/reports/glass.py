"""The glass box of a figure: formula, inputs, interval, definition, cutoff and the SQL that ran, as words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import Text, _, current_language
from okaeri.base.units import Unit, show
from okaeri.charts.series import name_of
from okaeri.charts.survival import ENOUGH
from okaeri.metrics.result import MetricResult
from okaeri.reports.formulas import input_name, input_value, worked

_METHODS: dict[str, Text] = {
    "wilson": _("Wilson score interval"),
    "clopper-pearson": _("exact interval (Clopper–Pearson)"),
    "kaplan-meier log-log": _("Kaplan–Meier, log-log band"),
    "wilson odds": _("Wilson bounds as odds"),
    "t, conservative product": _("t interval, errors added in full"),
    "t": _("t interval of a mean"),
    "bootstrap-t": _("bootstrap-t interval"),
    "garwood": _("exact interval of a count (Garwood)"),
    "bounds": _("certain range"),
    "t, one lost and one kept added": _("t interval of a ratio, one customer lost and one kept added"),
    "square-and-add quotient": _("square-and-add interval of a quotient"),
    "wilson odds of effective counts": _("Wilson bounds on effective counts"),
    "upper bound of the losses": _("bound from the highest likely losses"),
    "wilson, renewals unseen in or out": _("Wilson bounds, from no unseen renewal to all of them"),
    "square-and-add mean": _("square-and-add interval of a mean"),
    "gamma (Fay–Feuer)": _("gamma interval of summed rates (Fay–Feuer)"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class GlassBox:
    """What opens under a figure; all of it words in one language, `rows` and `inputs` as (name, value)."""

    about: str
    definition: str
    formula: str
    worked: str | None
    inputs: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    sql: str


def glass_box(
    result: MetricResult, *, measurement: Measurement | None = None, customers: int | None = None
) -> GlassBox:
    """Open `result` at one of its measurements: the last complete one when none is named."""
    chosen = measurement or exemplar(result)
    metric = result.metric
    return GlassBox(
        about=_about(chosen) if chosen else "",
        definition=str(metric.definition),
        formula=str(metric.formula),
        worked=worked(chosen) if chosen else None,
        inputs=tuple(_inputs(chosen)) if chosen else (),
        rows=tuple(_rows(result, chosen, customers)),
        caveats=tuple(str(text) for text in (*metric.caveats, *result.notes) if text != result.presence.sentence),
        sql=result.sql.strip(),
    )


def exemplar(result: MetricResult) -> Measurement | None:
    """The measurement that stands for a result: the last complete one, else the last one.

    Of a curve it is the last step that enough customers were followed to; of cohorts the mean one period on, or
    without means the latest cohort's own period.
    """
    complete = [m for m in result.measurements if m.state is State.COMPLETE and m.value is not None]
    followed = [m for m in complete if m.inputs.get("at_risk", 0) >= ENOUGH]
    means = [m for m in complete if m.period is None and m.inputs.get("age") == 1]
    firsts = [m for m in complete if m.inputs.get("age") == 0]
    for candidates in (followed, means, firsts, complete, list(result.measurements)):
        if candidates:
            return candidates[-1]
    return None


def show_date(day: date) -> str:
    """A day as a person writes it in the current language.

    >>> show_date(date(2024, 6, 30))
    'June 30, 2024'
    """
    from babel.dates import format_date  # heavy: only when something is shown

    return format_date(day, format="long", locale=current_language())


def method_name(method: str) -> str:
    """What the method of an interval is called in the current language.

    >>> method_name("wilson")
    'Wilson score interval'
    """
    return str(_METHODS.get(method, method))


def show_interval(measurement: Measurement) -> str | None:
    """The interval in the figure's unit, such as "79.1%–86.3%"; one-sided bounds say so."""
    interval = measurement.interval
    if interval is None or (interval.low is None and interval.high is None):
        return None
    low, high = (
        show(bound, measurement.unit, currency=measurement.currency) for bound in (interval.low, interval.high)
    )
    if interval.high is None:
        return str(_("more than {low}").format(low=low))
    return str(_("less than {high}").format(high=high)) if interval.low is None else f"{low} – {high}"


def show_cutoff(cutoff: date) -> str:
    """The last day that was observed, in words.

    >>> show_cutoff(date(2024, 7, 1))
    'June 30, 2024'
    """
    return show_date(cutoff - timedelta(days=1))


def _about(measurement: Measurement) -> str:
    segment = None if measurement.segment in (None, "all") else str(name_of(measurement.segment))
    return " · ".join(part for part in (_when(measurement), segment) if part)


def _when(measurement: Measurement) -> str | None:
    day, age = measurement.inputs.get("day"), measurement.inputs.get("age")
    if day is not None:
        return str(_("day {day}").format(day=show(day, Unit.COUNT)))
    name = measurement.period.label if measurement.period else None
    if age is None:
        return name
    return str(_("{cohort}, age {age}").format(cohort=name or _("all cohorts"), age=age))


def _inputs(measurement: Measurement) -> list[tuple[str, str]]:
    return [
        (input_name(key), input_value(key, value, currency=measurement.currency))
        for key, value in measurement.inputs.items()
        if value is not None
    ]


def _rows(result: MetricResult, measurement: Measurement | None, customers: int | None) -> list[tuple[str, str]]:
    rows: list[tuple[Text, str | None]] = []
    if measurement:
        rows += [(_("Shown here"), _about(measurement) or None), (_("Value"), str(measurement))]
        rows += [
            (_("State"), _state(measurement)),
            (_("n"), show(measurement.n, Unit.COUNT) if measurement.n is not None else None),
        ]
        rows += [(_("Interval"), show_interval(measurement)), (_("Method"), _method(measurement.interval))]
    rows += [
        (_("Customers counted"), show(customers, Unit.COUNT) if customers is not None else None),
        (_("Definition"), f"{result.metric.id}, v{result.metric.version}"),
        (_("Source"), result.metric.source),
        (_("Who counts"), str(result.presence)),
        (_("Data until"), f"{show_cutoff(result.cutoff)} ({result.zone})"),
    ]
    return [(str(name), value) for name, value in rows if value]


def _state(measurement: Measurement) -> str:
    names = {State.COMPLETE: _("complete"), State.PARTIAL: _("partial"), State.UNDEFINED: _("undefined")}
    state = str(names[measurement.state])
    return f"{state}: {measurement.reason}" if measurement.reason else state


def _method(interval: Interval | None) -> str | None:
    if interval is None or (interval.low is None and interval.high is None):
        return None
    name = method_name(interval.method)
    return str(_("{level} {method}").format(level=show(interval.level, Unit.RATE, digits=0), method=name))

"""`okaeri explain`: what a metric means, how it is worked out, and what it is easily mistaken for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.cli import output
from okaeri.cli.help import argument, described
from okaeri.cli.session import Session, session_of

if TYPE_CHECKING:
    from okaeri.metrics.metric import Metric
    from okaeri.shop import Result


@described(
    "explain",
    _("Explain a metric: definition, formula, source, a worked example and its rivals."),
    details=_(
        "When the workspace holds facts, the latest complete figure is shown with the numbers that went into it."
    ),
    examples=(
        ("okaeri explain crr", _("What the customer retention rate is")),
        ("okaeri explain churn_total_base --lang ja", _("The same for a rival churn, in Japanese")),
    ),
)
def explain(
    context: typer.Context,
    metric: Annotated[str, argument("METRIC", _("A name that `okaeri metrics` lists."))],
) -> None:
    """Explain one metric."""
    from okaeri.metrics import METRICS, find

    session = session_of(context)
    found = find(metric)
    rivals = [m for m in METRICS.values() if found.family and m.family == found.family and m.id != found.id]
    result = _result(found, session)
    if session.as_json:
        output.emit(_as_json(found, rivals, _latest(result)))
        return
    _show(found, rivals)
    if result:
        _show_latest(result)


def _result(metric: Metric, session: Session) -> Result | None:
    """The metric in the workspace; None without a workspace or without the facts it speaks of."""
    from okaeri.facts.workspace import SETTINGS_FILE

    if not (session.folder / SETTINGS_FILE).exists():
        return None
    from okaeri.shop import open as open_shop

    try:
        return open_shop(session.folder).measure(metric.id)
    except OkaeriError:
        return None  # the explanation stands without a figure


def _latest(result: Result | None) -> Measurement | None:
    """The newest complete figure of a result."""
    whole = [m for m in result.measurements if m.state is State.COMPLETE and m.value is not None] if result else []
    return max(whole, key=lambda m: m.period.start if m.period else date.min) if whole else None


def _show(metric: Metric, rivals: list[Metric]) -> None:
    output.say(f"{metric.label}  ({metric.id}, {_('version {n}').format(n=metric.version)})", style="brand")
    output.say(metric.definition)
    _part(_("Formula"), str(metric.formula))
    _part(_("Worked example"), *_example(metric))
    if metric.caveats:
        _part(_("Mind"), *(f"· {caveat}" for caveat in metric.caveats))
    _part(_("Source"), metric.source)
    if rivals:
        _part(_("Not the same as"), *(f"{r.id}: {r.label}. {r.definition}" for r in rivals))


def _example(metric: Metric) -> tuple[str, str]:
    from okaeri.reports.formulas import input_name, worked

    example = metric.example
    inputs = "  ".join(f"{input_name(name)} = {value:,g}" for name, value in example.inputs.items())
    figure = Measurement(
        metric=metric.id,
        version=metric.version,
        value=example.expect,
        unit=metric.unit,
        cutoff=date.max,
        inputs=example.inputs,
    )
    return inputs, worked(figure) or f"→ {figure}"


def _show_latest(result: Result) -> None:
    from okaeri.explaining import rivals_in_words
    from okaeri.reports.glass import glass_box

    latest = _latest(result)
    if latest is None:
        return
    box = glass_box(result, measurement=latest)
    when = latest.period.label if latest.period else _("all")
    inputs = "  ".join(f"{name} = {value}" for name, value in box.inputs)
    words = [str(latest), box.worked or "", inputs, *rivals_in_words(result)]
    _part(_("In this workspace, {period}").format(period=when), *filter(None, words))


def _part(title: Text | str, *lines: str) -> None:
    output.say("")
    output.say(title, style="bold")
    for line in lines:
        output.say(f"  {line}")


def _as_json(metric: Metric, rivals: list[Metric], latest: Measurement | None) -> dict[str, Any]:
    return {
        "metric": metric.id,
        "version": metric.version,
        "label": str(metric.label),
        "unit": metric.unit.value,
        "better": metric.better,
        "definition": str(metric.definition),
        "formula": str(metric.formula),
        "source": metric.source,
        "interval": metric.interval,
        "caveats": [str(caveat) for caveat in metric.caveats],
        "example": {"inputs": dict(metric.example.inputs), "expect": metric.example.expect},
        "rivals": [{"metric": r.id, "label": str(r.label), "definition": str(r.definition)} for r in rivals],
        "latest": latest.as_row() if latest else None,
    }

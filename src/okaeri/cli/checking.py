"""`okaeri target` and `okaeri check`: what figures should reach, who answers for them, and whether they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show
from okaeri.cli import output
from okaeri.cli.endings import Ending
from okaeri.cli.help import argument, described, option
from okaeri.cli.session import Session, session_of

if TYPE_CHECKING:
    from okaeri.targets import Judged, Line, Scorecard, Target, Verdict

ACTIONS = ("set", "list", "remove")
MARKS = {"met": "✓", "missed": "✗", "cannot tell": "?"}
STYLES = {"met": "fine", "missed": "wrong", "cannot tell": "partial"}

Metric = Annotated[str | None, argument("METRIC", _("The metric it is about."))]
AtLeast = Annotated[
    float | None, option("--at-least", _("The figure should not be lower; a share as 0.8."), metavar="NUMBER")
]
AtMost = Annotated[float | None, option("--at-most", _("The figure should not be higher."), metavar="NUMBER")]
By = Annotated[
    str | None,
    option("--by", _("How long a period is; month unless named."), metavar="day|week|month|quarter|year"),
]
Owner = Annotated[str | None, option("--owner", _("Who answers for it."), metavar="NAME")]
Department = Annotated[str | None, option("--department", _("The department it belongs to."), metavar="NAME")]
Slice = Annotated[
    str | None, option("--segment", _("One segment alone, as plan=pro: column=label."), metavar="COLUMN=LABEL")
]
Currency = Annotated[
    str | None, option("--currency", _("Which currency, where there are several; ISO 4217."), metavar="CODE")
]


@described(
    "target",
    _("Set, list or remove targets: what a metric should reach, and who answers for it."),
    details=_(
        "Targets are kept in okaeri.toml under [[targets]] and may be edited there. Setting one again for the same "
        "metric, period, segment, currency and department replaces it."
    ),
    examples=(
        ("okaeri target set crr --at-least 0.8 --owner Aki --department CX", _("Eight of ten customers stay")),
        ("okaeri target set apv --at-least 40 --by quarter --segment plan=pro", _("For one plan, by the quarter")),
        ("okaeri target list", _("All of them")),
        ("okaeri target remove crr", _("All targets for a metric")),
    ),
)
def target(
    context: typer.Context,
    action: Annotated[str, argument("set|list|remove", _("What to do."))],
    metric: Metric = None,
    at_least: AtLeast = None,
    at_most: AtMost = None,
    by: By = None,
    owner: Owner = None,
    department: Department = None,
    segment: Slice = None,
    currency: Currency = None,
) -> None:
    """Change or list the targets."""
    session = session_of(context)
    if action not in ACTIONS:
        raise unknown(_("action"), action, ACTIONS)
    if action == "list":
        _list(session)
        return
    if metric is None:
        raise OkaeriError(
            _("{name} is missing.").format(name="METRIC"),
            advice=_("`{command}` shows how it is written.").format(command="okaeri target --help"),
        )
    said = {"by": by, "owner": owner, "department": department, "segment": segment, "currency": currency}
    if action == "remove":
        _remove(session, metric, said)
    else:
        _set(session, metric, said, at_least=at_least, at_most=at_most)


@described(
    "check",
    _("Judge every target: met, missed, or not to be told, with a forecast for the current period."),
    details=_(
        "A target is met or missed when the whole 95% interval lies on one side of it; shares are judged by the exact "
        "interval. The verdict of the latest complete period counts. Ends with 1 when a target is missed, so that a "
        "scheduler can raise an alarm."
    ),
    examples=(
        ("okaeri check", _("The scorecard, by owner and department")),
        ("okaeri check --strict", _("Targets that cannot be told count as missed")),
        ("okaeri check --json", _("For a program")),
    ),
)
def check(
    context: typer.Context,
    strict: Annotated[bool, option("--strict", _("End with 1 also when a target cannot be told."))] = False,
) -> None:
    """Print the scorecard; the ending says whether all is well."""
    session = session_of(context)
    workspace = session.open()
    from okaeri.targets import Verdict, read_targets

    if not read_targets(workspace):
        raise OkaeriError(
            _("There is no target yet."), advice=_("Set one: `okaeri target set crr --at-least 0.8 --owner NAME`.")
        )
    from okaeri.shop import open as open_shop

    card = open_shop(session.folder).check()
    if session.as_json:
        output.emit(card.as_json())
    else:
        _show(card)
    if card.having(Verdict.MISSED) or (strict and card.having(Verdict.UNCLEAR)):
        raise typer.Exit(Ending.MISSED)


def _set(
    session: Session, metric: str, said: dict[str, str | None], *, at_least: float | None, at_most: float | None
) -> None:
    from okaeri.targets import Target, set_target

    words = {name: value for name, value in said.items() if value is not None}
    wanted = Target(metric=metric, at_least=at_least, at_most=at_most, **words)
    set_target(session.open(), wanted)
    if session.as_json:
        output.emit({"target": wanted.as_entry()})
    else:
        output.say(_("✓ Target set: {what}.").format(what=_in_words(wanted)), style="fine")
        output.remark(_("  Next: {command}").format(command="okaeri check"), style="try")


def _remove(session: Session, metric: str, said: dict[str, str | None]) -> None:
    from okaeri.targets import remove_targets

    gone = remove_targets(session.open(), metric, **said)
    if session.as_json:
        output.emit({"removed": [each.as_entry() for each in gone]})
        return
    for each in gone:
        output.say(_("✓ Target removed: {what}.").format(what=_in_words(each)), style="fine")


def _list(session: Session) -> None:
    from okaeri.targets import read_targets

    found = read_targets(session.open())
    if session.as_json:
        output.emit({"targets": [each.as_entry() for each in found]})
        return
    if not found:
        output.say(_("There is no target yet."))
        return
    grid = output.grid([_("Metric"), _("Target"), _("Period length"), _("Segment"), _("Owner"), _("Department")])
    for each in found:
        grid.add_row(each.metric, str(each.sentence), each.by, each.segment, each.owner, each.department)
    output.show_table(grid)


def _show(card: Scorecard) -> None:
    from okaeri.targets import METHOD, Verdict

    for (owner, department), lines in _grouped(card.lines):
        title = " · ".join(part for part in (owner, department) if part) or str(_("Nobody's"))
        grid = output.grid([_("Target"), _("Period"), _("Value"), _("Interval"), _("Verdict")], numbers=[2, 3])
        for line in lines:
            for row, verdict in _rows(line):
                grid.add_row(*row, style=STYLES[verdict.value] if verdict is line.verdict else "")
        output.show_table(grid, title=title)
        for note in dict.fromkeys(str(note) for line in lines for note in _notes(line)):
            output.say(f"  · {note}", style="quiet")
        output.say("")
    if any(line.forecast and line.forecast.interval for line in card.lines):
        output.say(METHOD, style="quiet")
    met, missed, unclear = (len(card.having(verdict)) for verdict in (Verdict.MET, Verdict.MISSED, Verdict.UNCLEAR))
    words = _("{met} met, {missed} missed, {unclear} that cannot be told")
    output.say(words.format(met=met, missed=missed, unclear=unclear), style="wrong" if missed else "brand")


def _grouped(lines: Sequence[Line]) -> list[tuple[tuple[str, str], list[Line]]]:
    names = sorted({(line.target.owner, line.target.department) for line in lines})
    return [(name, [line for line in lines if (line.target.owner, line.target.department) == name]) for name in names]


def _rows(line: Line) -> Iterator[tuple[list[str], Verdict]]:
    """Up to three rows: the latest complete period, the current one so far, and what it will come to."""
    what = _in_words(line.target)
    if line.latest is None:
        yield [what, "–", "–", "", _verdict(line.verdict)], line.verdict
    else:
        yield [what, *_judged(line.latest, line), _verdict(line.verdict)], line.verdict
    if line.current:
        period, *figure = _judged(line.current, line)
        so_far = _("{verdict} so far").format(verdict=_verdict(line.current.verdict))
        yield ["", f"▒ {period}", *figure, str(so_far)], line.current.verdict
    if line.forecast and line.forecast.interval:
        value = line.shown(line.forecast.value)
        bounds = line.around(line.forecast.interval)
        cells = [
            "",
            str(_("at its end")),
            value,
            bounds,
            str(_("{verdict} expected").format(verdict=_verdict(line.course))),
        ]
        yield cells, line.course


def _judged(judged: Judged, line: Line) -> list[str]:
    m = judged.measurement
    bounds = line.around(judged.interval) if judged.interval else ""
    return [m.period.label if m.period else "", str(m), bounds]


def _notes(line: Line) -> Iterator[Text | str]:
    from okaeri.targets import Verdict

    if line.reason:
        yield f"{line.target.metric}: {line.reason}"
    elif line.latest and line.verdict is Verdict.UNCLEAR:
        yield f"{line.target.metric}: {line.latest.reason}"
    found = line.forecast
    if found and found.reason:
        yield _("{metric} has no forecast: {reason}").format(metric=line.target.metric, reason=found.reason)
    elif found and found.interval:
        words = _("{metric} at its end: {level} interval from {n} earlier periods; {held} of {tested} forecasts held.")
        level = show(found.interval.level, Unit.RATE, digits=0)
        yield words.format(
            metric=line.target.metric, level=level, n=found.periods, held=found.held, tested=found.tested
        )


def _in_words(target: Target) -> str:
    split = f" ({target.segment})" if target.segment else ""
    return f"{target.metric}{split} {target.sentence}"


def _verdict(verdict: Verdict) -> str:
    return f"{MARKS[verdict.value]} {verdict.word}"

"""`okaeri restatements`: past figures that a later measuring told differently, and what changed in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from okaeri.base.text import _
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.restatements import Restatement

FEW = 20


@described(
    "restatements",
    _("Show which past figures have changed since they were first told: old, new, when, and which facts changed."),
    details=_(
        "Every measurement is kept. When a later one gives another figure for a period that was over, because rows "
        "came late, were replaced or were erased, that is a restatement. Measuring --as-of an earlier moment is "
        "not kept."
    ),
    examples=(
        ("okaeri restatements", _("The latest of them")),
        ("okaeri restatements --metric crr --json", _("All of one metric, for a program")),
        ("okaeri measure crr --as-of 2024-06-01", _("What was known when that day was over")),
    ),
)
def restatements(
    context: typer.Context,
    metric: Annotated[str | None, option("--metric", _("Those of one metric alone."), metavar="METRIC")] = None,
) -> None:
    """List the restatements."""
    session = session_of(context)
    workspace = session.open()
    from okaeri.metrics import find
    from okaeri.restatements import reasons
    from okaeri.restatements import restatements as restated_in

    if metric:
        find(metric)
    found = restated_in(workspace.path, metric=metric)
    if session.as_json:
        listed = [{**each.as_json(), "reasons": [str(reason) for reason in reasons(each)]} for each in found]
        output.emit({"restatements": listed})
    elif found:
        _show(found)
    else:
        output.say(_("No past figure has been told differently so far."))


def _show(found: Sequence[Restatement]) -> None:
    from okaeri.metrics import METRICS
    from okaeri.restatements import reasons

    for each in reversed(found[-FEW:]):
        label = METRICS[each.metric].label if each.metric in METRICS else each.metric
        split = f" · {each.segment_column}: {each.place.segment or _('(none)')}" if each.segment_column else ""
        at = f" · {each.place.at}" if each.place.at else ""
        output.say(f"{label}  {each.period.label}{split}{at}", style="brand")
        words = _("  {old} (as of {then}) → {new} (as of {now})")
        output.say(
            words.format(
                old=each.shown(each.old), then=f"{each.said_at:%Y-%m-%d}",
                new=each.shown(each.new), now=f"{each.restated_at:%Y-%m-%d}",
            )
        )  # fmt: skip
        for reason in reasons(each):
            output.say(f"  · {reason}", style="quiet")
        output.say("")
    if len(found) > FEW:
        words = _("  {n} earlier ones are not shown here; --json has them.")
        output.say(words.format(n=len(found) - FEW), style="quiet")

"""`okaeri segments`: put customers into groups, and keep the groups so that every figure can be split by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from okaeri.base.text import _
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.predictions.segments import Segmentation


@described(
    "segments",
    _("Put customers into groups by purchases, stage, value and risk, and ways; figures can then be split by them."),
    details=_(
        "The groups are kept as labels of the day the facts end; `--segment rfm`, `lifecycle`, `value_risk` or "
        "`persona` then works with every metric. value_risk needs `okaeri predict churn` first. Run it again after new "
        "facts."
    ),
    examples=(
        ("okaeri segments", _("All four ways, with how many are in each group")),
        ("okaeri measure apv --by year --segment rfm", _("A figure split by one of them")),
        ("okaeri segments --no-keep --json", _("For a program, without keeping them")),
    ),
)
def segments(
    context: typer.Context,
    keep: Annotated[bool, option("--keep/--no-keep", _("Keep the labels, so that figures can be split."))] = True,
) -> None:
    """Show the groups, and keep them."""
    session = session_of(context)
    from okaeri.shop import open as open_shop

    with output.progress(_("Putting customers into groups")):
        shop = open_shop(session.folder)
        found = shop.segments(keep=keep)
    if session.as_json:
        output.emit({"segments": [_as_json(each) for each in found], "kept": keep})
        return
    for each in found:
        _show(each)
    if keep:
        output.remark(_("  Next: {command}").format(command="okaeri measure apv --by year --segment rfm"), style="try")


def _as_json(found: Segmentation) -> dict[str, Any]:
    reason = str(found.reason) if found.reason else None
    return {"scheme": found.scheme, "as_of": found.as_of.isoformat(), "reason": reason, "groups": found.rows()}


def _show(found: Segmentation) -> None:
    from okaeri.predictions.segments import telling

    title = f"{telling.scheme_name(found.scheme)} ({found.scheme}, {found.as_of})"
    if not found.groups:
        output.say(title, style="brand")
        output.say(f"  {found.reason}")
        output.say("")
        return
    head = telling.head(found)
    table = output.grid(head, numbers=range(1, len(head)))
    for row in telling.rows(found):
        table.add_row(*row)
    output.show_table(table, title=title)
    for note in telling.notes(found):
        output.say(f"  {note}", style="quiet")
    output.say("")

"""`okaeri switchboard`: churn, retention and lifetime value under every rival definition, on the same data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from okaeri.base.errors import NothingUsable
from okaeri.base.measurement import State
from okaeri.base.text import _
from okaeri.base.units import Unit, show
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.measuring import GRAINS, By, PresenceRule, one_of
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from rich.table import Table

    from okaeri.metrics.rivals.switchboard import Line, Switchboard

PeriodName = Annotated[
    str | None,
    option("--period", _("Which period, as 2024-03, or a day it begins on; else the latest complete one.")),
]


@described(
    "switchboard",
    _("Show churn, retention and lifetime value as ChartMogul, PostHog, Baremetrics and others define them."),
    details=_(
        "All lines read the same facts of one period. Each says what it divides and, with the numbers, why it differs "
        "from the opening base. --json also gives the address of the page that each definition was taken from."
    ),
    examples=(
        ("okaeri switchboard", _("The latest complete month")),
        ("okaeri switchboard --period 2024-03 --presence subscriptions", _("One month, counted on contracts")),
        ("okaeri switchboard --by quarter --json", _("The latest complete quarter, for a program")),
    ),
)
def switchboard(
    context: typer.Context,
    period: PeriodName = None,
    by: By = None,
    presence: PresenceRule = None,
) -> None:
    """Measure every definition, then print them side by side."""
    session = session_of(context)
    grain = one_of(by, GRAINS, _("period length")) or "month"
    from okaeri.shop import open as open_shop

    shop = open_shop(session.folder)
    if not shop.tables():
        raise NothingUsable(
            _("There is nothing to measure yet."),
            advice=_("Import a file first: `okaeri import orders.csv --as orders`."),
        )
    board = shop.switchboard(period=period, by=grain, presence=presence)
    if session.as_json:
        output.emit(board.as_json())
    else:
        _show(board)


def _show(board: Switchboard) -> None:
    from okaeri.metrics.rivals.switchboard import QUANTITIES

    for quantity, name in QUANTITIES.items():
        lines = board.of(quantity)
        output.show_table(
            _figures(lines), title=_("{quantity} in {period}").format(quantity=name, period=board.period.label)
        )
        for line in lines:
            output.say(f"  · {line.definition.name}: {line.why}")
        output.say("")
    output.say(f"  {_('Who counts')}: {board.presence}", style="quiet")
    for note in board.notes:
        output.say(f"  · {note}", style="quiet")
    output.remark(_("  Next: {command}").format(command="okaeri explain churn"), style="try")


def _figures(lines: Sequence[Line]) -> Table:
    """Names, what they divide and the figures; the sentences stand below, where they have room."""
    from okaeri.reports.glass import show_interval

    table = output.grid(
        [_("Definition"), _("What it divides"), _("Value"), _("95% interval"), _("n")], numbers=range(2, 5)
    )
    for line in lines:
        figure = line.measurement
        value = ("▒ " if figure.state is State.PARTIAL else "") + str(figure)
        count = show(figure.n, Unit.COUNT) if figure.n else ""
        words = str(line.definition.name), str(line.definition.divides)
        table.add_row(*words, value, show_interval(figure) or "", count)
    return table

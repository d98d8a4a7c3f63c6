"""`okaeri backtest`: what was foretold, or would have been, against what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from okaeri.base.text import Text, _, current_language
from okaeri.cli import foretold, output
from okaeri.cli.help import described, option
from okaeri.cli.measuring import at_least
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.predictions.risk.record import Record


@described(
    "backtest",
    _("Hold what was foretold about leaving against what came, month by month; or replay past days first."),
    details=_(
        "Judged are the predictions that `okaeri predict churn` kept and whose horizon is over. --replay works out "
        "what would have been said on earlier days from the facts before each alone, and marks it as replayed. How "
        "purchases were foretold is part of `okaeri predict clv`, how well signals foretold of `okaeri signals "
        "--cards`."
    ),
    examples=(
        ("okaeri backtest", _("How good the kept predictions were")),
        ("okaeri backtest --replay 6", _("Go back to six past days first")),
        ("okaeri backtest --horizon 30 --json", _("Another horizon, for a program")),
    ),
)
def backtest(
    context: typer.Context,
    horizon: Annotated[int, option("--horizon", _("The horizon of the predictions."), metavar="DAYS")] = 90,
    replay: Annotated[int, option("--replay", _("How many past days to replay, 30 days apart."), metavar="N")] = 0,
    keep: Annotated[bool, option("--keep/--no-keep", _("Keep what is replayed."))] = True,
) -> None:
    """Replay if asked, then judge."""
    session = session_of(context)
    at_least(horizon, 1, "--horizon")
    at_least(replay, 0, "--replay")
    from okaeri.foretelling import how_good, past_days, replay_churn
    from okaeri.shop import open as open_shop

    shop = open_shop(session.folder)
    if replay:
        with output.progress(_("Going back")) as progress:
            days = past_days(shop, horizon_days=horizon, count=replay)
            replay_churn(shop, days=days, horizon_days=horizon, keep=keep, progress=progress)
    found = how_good(shop, horizon_days=horizon)
    if session.as_json:
        output.emit(found.as_row())
    else:
        _show(found)


def _show(found: Record) -> None:
    from okaeri.charts.foretold import months_table
    from okaeri.predictions.risk import telling

    output.say(_("What was foretold for {days} days, and what came").format(days=found.horizon_days), style="brand")
    if found.months:
        table = months_table(found.months)
        foretold.show_rows(
            [Text("{word}").format(word=word) for word in table.columns],
            table.texts(current_language()),
            numbers=range(1, 6),
        )
    for figure in telling.record_figures(found.judgement) if found.judgement else ():
        output.say(f"  {figure}")
    for note in telling.record_notes(found):
        output.say(f"  {note}")
    output.remark(_("  Next: {command}").format(command="okaeri predict churn"), style="try")

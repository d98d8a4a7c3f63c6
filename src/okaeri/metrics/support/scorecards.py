"""One row per agent: tickets, first reply, reopened and promises kept, each share drawn towards all agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import NothingUsable
from okaeri.base.measurement import Interval, Measurement
from okaeri.base.shrinkage import shrunken_shares
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_rows
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.support.waiting import NOBODY, OPENED, UNDATED, WALL, groups_of, waits_of

if TYPE_CHECKING:
    import pyarrow as pa

_SHRUNKEN = "beta-binomial empirical bayes"
_NOT_DUE: Text = _("No promise was due before the data ends.")
_COUNTS = ("tickets", "kept", "broken", "settled", "reopened")
_MEDIAN = (0.5,)


def measure_scorecards(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per agent and period: the shrunken share of promises kept, the rest among its inputs."""
    if context.segment_column not in (None, "agent"):
        raise NothingUsable(
            _("Scorecards are of agents and cannot be split by {column}.").format(column=context.segment_column),
            advice=_("Leave the split out."),
        )
    cards: dict[int, list[dict[str, Any]]] = {}
    for segment, period, columns in groups_of(rows, also=_COUNTS[1:]):
        counts = {name: int(columns[name].sum()) for name in _COUNTS}
        cards.setdefault(period, []).append(
            {"segment": segment, "period": period, **counts, **waits_of(columns, _MEDIAN)}
        )
    for together in cards.values():
        _shrink(together, "kept", whole=("kept", "broken"))
        _shrink(together, "reopened", whole=("settled",))
    agents = tuple(sorted({card["segment"] for together in cards.values() for card in together}))
    return measure_rows(
        metric, [card for together in cards.values() for card in together], replace(context, segments=agents)
    )


def _shrink(cards: Sequence[dict[str, Any]], part: str, *, whole: Sequence[str]) -> None:
    """Add to each card the shrunken share of `part` in the sum of `whole`; none where nothing was counted."""
    counted = [(card, sum(card[name] for name in whole)) for card in cards]
    judged = [(card, n) for card, n in counted if n]
    if judged:
        found = shrunken_shares([card[part] for card, _n in judged], [n for _card, n in judged])
        for at, (card, _n) in enumerate(judged):
            card[f"{part}_share"], card[f"{part}_borrowed"] = float(found.estimate[at]), float(found.borrowed[at])
            card[f"{part}_common"] = found.common
            card[f"{part}_low"], card[f"{part}_high"] = float(found.low[at]), float(found.high[at])


def scorecard_cell(metric: Metric, row: Row) -> Cell:
    """An agent's shrunken share of promises kept, beside everything else on the card."""
    counts = {name: row.get(name, 0) for name in _COUNTS}
    bounds = {name: row.get(name) for name in ("reopened_share", "reopened_low", "reopened_high")}
    waits = {name: row.get(name) for name in ("p50", "p50_low", "p50_high")}
    due = counts["kept"] + counts["broken"]
    drawn = {"common": row.get("kept_common"), "borrowed": row.get("kept_borrowed")}
    inputs = {**counts, "kept_raw": counts["kept"] / due if due else None, **drawn, **waits, **bounds}
    if not due:
        return Cell(value=None, n=0, inputs=inputs, reason=_NOT_DUE if row else NOBODY)
    around = Interval(low=row["kept_low"], high=row["kept_high"], method=_SHRUNKEN)
    return Cell(value=row["kept_share"], n=due, inputs=inputs, interval=around)


AGENT_SCORECARD = register(
    Metric(
        id="agent_scorecard",
        family="support",
        facts=("tickets",),
        label=_("Agent scorecard"),
        unit=Unit.RATE,
        better="higher",
        needs=("ticket_rows", "days", "rules"),
        query="support/scorecard.sql",
        definition=_(
            "Each agent's share of promises kept, drawn towards all agents: the fewer tickets, the further; "
            "with tickets, first reply time and tickets opened again."
        ),
        formula=_(
            "Promises kept, shrunken = (1 − borrowed) × own share + borrowed × the share of all agents, "
            "averaged over what these may be"
        ),
        interval=_SHRUNKEN,
        source=(
            "Beta-binomial model, averaged over its prior: Deely & Lindley (1981), JASA 76(376); "
            "Tak, Kelly & Morris (2017), Journal of Statistical Software 78(5)"
        ),
        example=Example(inputs={"kept": 2, "broken": 1, "others_kept": 45, "others_broken": 5}, expect=0.681),
        measure=measure_scorecards,
        default_by="all",
        caveats=(
            _("An agent with three tickets is not first: little is known, so the estimate stays near all the others."),
            _("Agents get different tickets; a scorecard does not know which are hard."),
            _("Tickets without an agent are left out."),
            UNDATED,
            OPENED,
            WALL,
        ),
        extra={"cell": scorecard_cell},
    )
)

"""What became of the contracts that were due: renewed, ended, or not decided yet."""

from __future__ import annotations

from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.metric import Example, Metric, register

_OUTCOMES = ("contracts_due", "renewed", "ended", "in_grace", "undecided", "ran_through")
UNSEEN_METHOD = "wilson, renewals unseen in or out"


def renewal_cell(metric: Metric, row: Row) -> Cell:
    """The share renewed of the contracts whose fate is known; the interval leaves room for renewals not seen."""
    inputs = {name: int(row.get(name) or 0) for name in _OUTCOMES}
    renewed, decided = inputs["renewed"], inputs["renewed"] + inputs["ended"]
    if not decided:
        return Cell(value=None, n=0, inputs=inputs, reason=_OPEN if inputs["contracts_due"] else _NONE_DUE)
    unseen = inputs["ran_through"]
    around = Interval(
        low=wilson(renewed, decided).low,
        high=wilson(renewed + unseen, decided + unseen).high,
        method=UNSEEN_METHOD if unseen else "wilson",
    )
    if unseen and not renewed:
        return Cell(value=None, n=decided, inputs=inputs, interval=around, reason=_NO_TRACE)
    return Cell(value=renewed / decided, n=decided, inputs=inputs, interval=around)


_NONE_DUE = _("No contract came up for renewal.")
_NO_TRACE: Text = _("Only endings are seen: contracts that ran on may have been renewed without leaving a trace.")
_OPEN: Text = _("None of the contracts that were due has been decided yet.")

RENEWALS = register(
    Metric(
        id="renewals",
        family="revenue",
        facts=("subscriptions",),
        label=_("Renewal rate"),
        unit=Unit.RATE,
        better="higher",
        needs=("contracts", "stays", "segments", "periods"),
        query="revenue/subscription_renewals.sql",
        contractual_only=True,
        definition=_("The share of the contracts due in a period that were renewed, among those whose fate is known."),
        formula=_("Renewal rate = renewed / (renewed + ended)"),
        interval=UNSEEN_METHOD,
        source="Interval: Wilson (1927), JASA 22(158), from no unseen renewal to all of them",
        example=Example(
            inputs={"contracts_due": 100, "renewed": 72, "ended": 18, "in_grace": 4, "undecided": 6, "ran_through": 0},
            expect=0.8,
        ),
        measure=measure_cells,
        caveats=(
            _("A contract is due on the day it ended or, while it runs, on its next renewal day."),
            _("One that ended is renewed when another of that customer begins on the day or within the grace."),
            _("Due days that the data does not reach are undecided, and so are days of grace that are not over."),
            _("A renewal that only moved the renewal day forward leaves no trace; the interval holds it both ways."),
        ),
        extra={"cell": renewal_cell},
    )
)

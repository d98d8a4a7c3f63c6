"""CSAT, NPS and CES of agents and other small groups: shrunken estimates, and who may be ranked by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from okaeri.base.measurement import Interval, Measurement
from okaeri.base.shrinkage import Shrunken, shrunken_means, shrunken_shares
from okaeri.base.text import _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells, measure_rows
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.voice.scores import ANSWERS, NOBODY, NOT_ON_SCALE, OFF_SCALE, WHICH_PERIOD

if TYPE_CHECKING:
    import pyarrow as pa

RANKED_FROM = 10  # answers: with fewer nobody is called first or last, whatever the estimate
_NORMAL = "normal empirical bayes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """How groups are estimated together: `shrink` gives the figures, `times` turns them into the metric's unit.

    `own` is the figure of one group by itself in that unit, `counts` what is shown of it.
    """

    shrink: Callable[[list[Row]], Shrunken]
    own: Callable[[Row], float]
    counts: tuple[str, ...]
    times: float = 1.0


def measure_ranked(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and group, the highest ranked first; without a split nothing can be ranked."""
    if context.segment_column is None:
        return measure_cells(replace(metric, extra={"cell": _unsplit}), rows, context)
    periods: dict[int, list[Row]] = {}
    for row in rows.to_pylist():
        periods.setdefault(row["period"], []).append(row)
    estimated = [row for together in periods.values() for row in _estimated(metric.extra["model"], together)]
    found = measure_rows(metric, estimated, context)
    return sorted(found, key=lambda m: (context.periods.index(m.period) if m.period else 0, _place(m)))


def ranked_cell(metric: Metric, row: Row) -> Cell:
    """A group's shrunken figure, its own figure and its rank."""
    model: Model = metric.extra["model"]
    n = int(row.get("answers") or 0)
    inputs = {
        "rank": row.get("rank"),
        **{name: int(row.get(name) or 0) for name in model.counts},
        "answers": n,
        "raw": model.own(row) if n else None,
        "common": row.get("common"),
        "borrowed": row.get("borrowed"),
    }
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=NOT_ON_SCALE if row else NOBODY)
    around = Interval(low=row["low"], high=row["high"], method=metric.interval)
    return Cell(value=row["shrunken"], n=n, inputs=inputs, interval=around)


def _unsplit(metric: Metric, row: Row) -> Cell:
    return Cell(value=None, n=int(row.get("answers") or 0), reason=_NO_SPLIT)


def _estimated(model: Model, together: list[Row]) -> Iterable[Mapping[str, Any]]:
    """The groups of one period, each with what it borrows from the others; those without an answer lend nothing."""
    groups, silent = ([row for row in together if bool(row["answers"]) is heard] for heard in (True, False))
    if not groups:
        return silent
    found = model.shrink(groups)
    ranked = sorted((-s for s, row in zip(found.estimate, groups, strict=True) if row["answers"] >= RANKED_FROM))
    estimated = [
        {
            **row,
            "shrunken": model.times * float(found.estimate[at]),
            "low": model.times * float(found.low[at]),
            "high": model.times * float(found.high[at]),
            "borrowed": float(found.borrowed[at]),
            "common": model.times * found.common,
            # equal estimates share a rank
            "rank": 1 + ranked.index(-found.estimate[at]) if row["answers"] >= RANKED_FROM else None,
        }
        for at, row in enumerate(groups)
    ]
    return [*estimated, *silent]


def _place(m: Measurement) -> tuple[float, float]:
    rank = m.inputs.get("rank")
    return (float("inf") if rank is None else rank, -m.value if m.value is not None else float("inf"))


def _satisfied(groups: list[Row]) -> Shrunken:
    return shrunken_shares([row["satisfied"] for row in groups], [row["answers"] for row in groups])


def _net_promoters(groups: list[Row]) -> Shrunken:
    """A promoter is 1, a detractor −1: the mean is the NPS, and each of them adds 1 to the squares."""
    totals = [row["promoters"] - row["detractors"] for row in groups]
    squares = [row["promoters"] + row["detractors"] for row in groups]
    return shrunken_means(totals, squares, [row["answers"] for row in groups], ends=(-1, 1))


def _effort(groups: list[Row]) -> Shrunken:
    totals, squares, n = ([row[name] for row in groups] for name in ("total", "squares", "answers"))
    return shrunken_means(totals, squares, n, ends=(1, 7))


_NO_SPLIT = _("There is nothing to rank without a split; `--segment agent` ranks agents.")
_DRAWN = (
    _("Fewer than 10 answers give an estimate but no rank: three ratings put nobody first."),
    _("Ranks of overlapping intervals may well be chance."),
    WHICH_PERIOD,
    OFF_SCALE,
)
_FORMULA = _("Estimate = (1 − borrowed) × own figure + borrowed × common figure, averaged over what these may be")
_NORMAL_MODEL = (
    "Normal model, averaged over its prior: Morris (1983), JASA 78(381); "
    "Tak, Kelly & Morris (2017), Journal of Statistical Software 78(5)"
)

CSAT_RANKED = register(
    Metric(
        id="csat_ranked",
        family="voice",
        facts=("answers",),
        label=_("CSAT ranking"),
        unit=Unit.RATE,
        better="higher",
        needs=(*ANSWERS, "rules"),
        query="voice/csat.sql",
        definition=_(
            "The satisfied share of each agent or segment, drawn towards what all have in common: the fewer answers, "
            "the further."
        ),
        formula=_FORMULA,
        interval="beta-binomial empirical bayes",
        source="Beta-binomial model, averaged over its prior: Deely & Lindley (1981), JASA 76(376); "
        "Tak, Kelly & Morris (2017), Journal of Statistical Software 78(5)",
        example=Example(inputs={"satisfied": 3, "answers": 3, "others_satisfied": 140, "others": 200}, expect=0.8812),
        measure=measure_ranked,
        default_by="all",
        caveats=_DRAWN,
        extra={
            "cell": ranked_cell,
            "model": Model(
                shrink=_satisfied, own=lambda row: float(row["satisfied"] / row["answers"]), counts=("satisfied",)
            ),
        },
    )
)

NPS_RANKED = register(
    Metric(
        id="nps_ranked",
        family="voice",
        facts=("answers",),
        label=_("NPS ranking"),
        unit=Unit.POINTS,
        better="higher",
        needs=ANSWERS,
        query="voice/nps.sql",
        definition=_(
            "The Net Promoter Score of each segment, drawn towards what all have in common: the fewer answers, the "
            "further."
        ),
        formula=_FORMULA,
        interval=_NORMAL,
        source=_NORMAL_MODEL,
        example=Example(inputs={"promoters": 3, "answers": 3, "others": 200, "others_nps": 25}, expect=79.8755),
        measure=measure_ranked,
        default_by="all",
        caveats=_DRAWN,
        extra={
            "cell": ranked_cell,
            "model": Model(
                shrink=_net_promoters,
                own=lambda row: 100 * float((row["promoters"] - row["detractors"]) / row["answers"]),
                counts=("promoters", "passives", "detractors"),
                times=100,
            ),
        },
    )
)

CES_RANKED = register(
    Metric(
        id="ces_ranked",
        family="voice",
        facts=("answers",),
        label=_("CES ranking"),
        unit=Unit.RATIO,
        better="higher",
        needs=ANSWERS,
        query="voice/ces.sql",
        definition=_(
            "The customer effort score of each agent or segment, drawn towards what all have in common: the fewer "
            "answers, the further."
        ),
        formula=_FORMULA,
        interval=_NORMAL,
        source=_NORMAL_MODEL,
        example=Example(inputs={"total": 21, "answers": 3, "others": 200, "others_mean": 5}, expect=6.8717),
        measure=measure_ranked,
        default_by="all",
        caveats=_DRAWN,
        extra={
            "cell": ranked_cell,
            "model": Model(
                shrink=_effort, own=lambda row: float(row["total"] / row["answers"]), counts=("low_effort",)
            ),
        },
    )
)

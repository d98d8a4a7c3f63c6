"""What the points of a loyalty programme do: earned, spent, lapsed, still owed, and what that costs.

Every figure reads one ledger, in which points that nobody used have lapsed at the end of their time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.measurement import Interval, Measurement
from okaeri.base.ratios import KEPT_METHOD, RatioSums, kept_interval
from okaeri.base.runoff import run_off
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

_NO_EARNING: Text = _("No points were earned in the period.")
_NEVER_EARNED: Text = _("No points had been earned by the end of the period.")
_NOTHING_CREDITED: Text = _("No points had been credited by the end of the last full month.")
_TOO_EARLY: Text = _(
    "No month of credit has been watched until its points were spent or had lapsed, so what will lapse is not known."
)
_NO_PRICE: Text = _("Nobody has said what a point is worth: set `point_value` under `[rules]` in `okaeri.toml`.")
_SPENT, _LAPSED, _TAKEN = range(3)
_WAYS = {"spend": _SPENT, "expire": _LAPSED}
_UNKNOWN_AT_MOST = 0.01
_CERTAIN = "bounds"


def redemption_cell(metric: Metric, row: Row) -> Cell:
    """Points spent for each point earned, with customers as units; `metric.extra["of"]` says since when."""
    of: Mapping[str, str] = metric.extra["of"]
    issued, spent, n = float(row.get(of["x"]) or 0.0), float(row.get(of["y"]) or 0.0), int(row.get(of["n"]) or 0)
    inputs = {"points_spent": spent, "points_issued": issued}
    if issued <= 0:
        return Cell(value=None, n=n, inputs=inputs, reason=metric.extra["reason"])
    sums = RatioSums(n=n, **{name: float(row[column]) for name, column in of.items() if name != "n"})
    return Cell(value=spent / issued, n=n, inputs=inputs, interval=kept_interval(sums))


def outstanding_cell(metric: Metric, row: Row) -> Cell:
    """What the ledger comes to; what customers are owed and who is below zero stand beside it."""
    names = {"points_issued": "all_issued", "points_spent": "all_spent", "points_expired": "all_expired"}
    names |= {"points_adjusted": "all_adjusted", "points_owed": "owed"}
    inputs: dict[str, Any] = {name: float(row.get(column) or 0.0) for name, column in names.items()}
    inputs["overdrawn"] = int(row.get("overdrawn") or 0)
    return Cell(value=float(row.get("outstanding") or 0.0), n=int(row.get("holders") or 0), inputs=inputs)


def measure_run_off(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment from what was known by the last full month before its end."""
    told = rows.to_pylist()
    projected = [
        {**row, "point_value": context.rules.point_value}
        for segment in context.segments
        for row in _projections(segment, [row for row in told if row["segment"] == segment], context)
    ]
    return measure_cells(metric, rows.from_pylist(projected), context)


def _projections(segment: str, rows: Sequence[Row], context: MetricContext) -> Iterator[dict[str, Any]]:
    owed = {row["period"]: row for row in rows if row["kind"] == "owed"}
    fates = [row for row in rows if row["kind"] != "owed"]
    for index, period in enumerate(context.periods):
        if period.start < context.cutoff:
            now = owed.get(index, {})
            known = _projected(fates, month_of(min(period.end, context.cutoff)))
            yield {
                "segment": segment,
                "period": index,
                "currency": now.get("currency"),
                "owed": float(now.get("points") or 0.0),
                **known,
            }


def month_of(day: date) -> int:
    """Whole months since 1970-01: the first month that is not over before `day`.

    >>> month_of(date(1971, 2, 1))
    13
    """
    return (day.year - 1970) * 12 + day.month - 1


def _projected(fates: Sequence[Row], before: int) -> dict[str, Any]:
    """The triangle up to the last full month, and what it lets expect of the rest."""
    known = [row for row in fates if row["month"] < before and row["credited_month"] < before]
    if not known:
        return {"credited": 0.0, "lapsed": 0.0, "left": 0.0, "lapsing": None, "months": 0}
    first = min(row["credited_month"] for row in known)
    credited, gone = np.zeros(before - first), np.zeros((3, before - first, before - first))
    for row in known:
        place, age = row["credited_month"] - first, row["month"] - row["credited_month"]
        if row["kind"] == "credit":
            credited[place] += row["points"]
        else:
            gone[_WAYS.get(row["kind"], _TAKEN), place, age] += row["points"]
    found = run_off(credited, gone)
    return {
        "credited": float(credited.sum()),
        "lapsed": float(gone[_LAPSED].sum()),
        "left": found.left,
        "lapsing": found.share(_LAPSED) if found.unknown <= _UNKNOWN_AT_MOST * found.left else None,
        "months": len(credited),
    }


def breakage_cell(metric: Metric, row: Row) -> Cell:
    """Points lapsed and expected to, of all that were credited; the interval is from none to all of the rest."""
    credited, lapsed, left = (float(row.get(name) or 0.0) for name in ("credited", "lapsed", "left"))
    lapsing = row.get("lapsing")
    expected = None if lapsing is None else lapsing * left
    inputs = {"points_lapsed": lapsed, "points_to_lapse": expected, "points_left": left, "points_credited": credited}
    n = int(row.get("months") or 0)
    if credited <= 0:
        return Cell(value=None, n=n, inputs=inputs, reason=_NOTHING_CREDITED)
    around = Interval(low=lapsed / credited, high=min((lapsed + left) / credited, 1.0), method=_CERTAIN, level=1.0)
    if expected is None:
        return Cell(value=None, n=n, inputs=inputs, interval=around, reason=_TOO_EARLY)
    return Cell(value=(lapsed + expected) / credited, n=n, inputs=inputs, interval=around)


def liability_cell(metric: Metric, row: Row) -> Cell:
    """The price of the points that will be spent; the interval is from none to all of them."""
    owed, price, lapsing = float(row.get("owed") or 0.0), float(row.get("point_value") or 0.0), row.get("lapsing")
    inputs = {"points_owed": owed, "expected_breakage": lapsing, "point_value": price}
    n = int(row.get("months") or 0)
    if not price:
        return Cell(value=None, n=n, inputs=inputs, reason=_NO_PRICE)
    if not owed:
        return Cell(value=0.0, n=n, inputs=inputs)
    around = Interval(low=0.0, high=owed * price, method=_CERTAIN, level=1.0)
    if lapsing is None:
        return Cell(value=None, n=n, inputs=inputs, interval=around, reason=_TOO_EARLY)
    return Cell(value=owed * (1 - lapsing) * price, n=n, inputs=inputs, interval=around)


_LEDGER = ("point_rows", "ledger")
_LAPSING = _(
    "Where the ledger books no entry of kind `expire`, points that nobody used lapse at their `expires_at`; a use "
    "counts against the points that end soonest, also such as were credited after it."
)
_SIGNS = _("An entry that takes points away has points below zero; an unknown kind is an adjustment.")
_PASSES = _("It can pass 1, since points of earlier periods are spent in this one.")
_CHAIN_LADDER = (
    "Chain ladder on months of credit by age: Mack (1993), ASTIN Bulletin 23(2), with spending beside lapsing"
)
_RANGE = _("The interval is no chance but a certainty: its ends are none and all of the points left.")
_FULL_MONTHS = _("What lapses of the points left is learnt from older months of credit, up to the last full month.")

REDEMPTION_RATE = register(
    Metric(
        id="redemption_rate",
        family="programme",
        facts=("points",),
        label=_("Point redemption"),
        unit=Unit.RATIO,
        better="higher",
        needs=(*_LEDGER, "days", "periods"),
        query="programme/points.sql",
        definition=_("Points spent in a period for each point earned in it."),
        formula=_("Point redemption = points spent / points earned"),
        interval=KEPT_METHOD,
        source="Ratio of sums over customers; Cochran (1977), Sampling Techniques, equation 6.13, with two units added",
        example=Example(inputs={"points_spent": 3_400, "points_issued": 5_000}, expect=0.68),
        measure=measure_cells,
        caveats=(_PASSES, _SIGNS),
        extra={
            "cell": redemption_cell,
            "of": {
                "n": "movers",
                "x": "issued",
                "y": "spent",
                "xx": "issued_squares",
                "xy": "products",
                "yy": "spent_squares",
            },
            "reason": _NO_EARNING,
        },
    )
)

REDEMPTION_EVER = register(
    Metric(
        id="redemption_ever",
        family="programme",
        facts=("points",),
        label=_("Point redemption, ever"),
        unit=Unit.RATIO,
        better="higher",
        needs=(*_LEDGER, "days", "periods"),
        query="programme/points.sql",
        definition=_("Of each point ever earned up to the end of a period, how much had been spent by then."),
        formula=_("Point redemption, ever = points ever spent / points ever earned"),
        interval=KEPT_METHOD,
        source="Ratio of sums over customers; Cochran (1977), Sampling Techniques, equation 6.13, with two units added",
        example=Example(inputs={"points_spent": 34_000, "points_issued": 40_000}, expect=0.85),
        measure=measure_cells,
        caveats=(_("Points earned lately have had little time to be spent, so a growing programme has less."), _SIGNS),
        extra={
            "cell": redemption_cell,
            "of": {
                "n": "holders",
                "x": "all_issued",
                "y": "all_spent",
                "xx": "all_issued_squares",
                "xy": "all_products",
                "yy": "all_spent_squares",
            },
            "reason": _NEVER_EARNED,
        },
    )
)

POINTS_OUTSTANDING = register(
    Metric(
        id="points_outstanding",
        family="programme",
        facts=("points",),
        label=_("Points outstanding"),
        unit=Unit.COUNT,
        better=None,
        needs=(*_LEDGER, "days", "periods"),
        query="programme/points.sql",
        definition=_("What the points ledger comes to at the end of a period, after spending and expiry."),
        formula=_("Points outstanding = issued − spent − expired + adjusted, all since the start"),
        interval="none",
        source="A sum of the ledger: nothing is estimated",
        example=Example(
            inputs={
                "points_issued": 40_000,
                "points_spent": 30_000,
                "points_expired": 4_500,
                "points_adjusted": 500,
            },
            expect=6_000.0,
        ),
        measure=measure_cells,
        caveats=(
            _("Customers below zero lower it; what the others are owed is shown beside it."),
            _LAPSING,
            _SIGNS,
        ),
        extra={"cell": outstanding_cell},
    )
)

BREAKAGE = register(
    Metric(
        id="breakage",
        family="programme",
        facts=("points",),
        label=_("Breakage"),
        unit=Unit.RATE,
        better=None,
        needs=(*_LEDGER, "point_fates", "days", "periods", "usual_currency"),
        query="programme/breakage.sql",
        definition=_("The share of all points credited that has lapsed or is expected to lapse unused."),
        formula=_("Breakage = (points lapsed + points expected to lapse) / points credited"),
        interval=_CERTAIN,
        source=_CHAIN_LADDER,
        example=Example(
            inputs={"points_lapsed": 6_000, "points_to_lapse": 2_000, "points_credited": 40_000}, expect=0.2
        ),
        measure=measure_run_off,
        caveats=(
            _FULL_MONTHS,
            _RANGE,
            _LAPSING,
            _(
                "Credited is all that was added, gifts and corrections too; points taken back count as neither spent "
                "nor lapsed."
            ),
        ),
        extra={"cell": breakage_cell},
    )
)

POINTS_LIABILITY = register(
    Metric(
        id="points_liability",
        family="programme",
        facts=("points",),
        label=_("Points liability"),
        unit=Unit.MONEY,
        better=None,
        needs=(*_LEDGER, "point_fates", "days", "periods", "usual_currency"),
        query="programme/breakage.sql",
        definition=_("What the points owed at the end of a period will cost, less those expected to lapse."),
        formula=_("Points liability = points owed × (1 − expected breakage of them) × value of a point"),
        interval=_CERTAIN,
        source=_CHAIN_LADDER,
        example=Example(inputs={"points_owed": 6_000, "expected_breakage": 0.25, "point_value": 2}, expect=9_000.0),
        measure=measure_run_off,
        caveats=(
            _("Customers below zero owe nothing back here: only balances above zero count."),
            _("The value of a point is `point_value` of the rules: what one costs you when it is spent."),
            _FULL_MONTHS,
            _RANGE,
        ),
        extra={"cell": liability_cell},
    )
)

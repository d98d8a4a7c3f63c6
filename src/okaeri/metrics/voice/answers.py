"""The answers themselves: CSAT weighted to those who were asked, and how often each score was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval, Measurement
from okaeri.base.text import _
from okaeri.base.units import Unit
from okaeri.facts.rules import Rules
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.changes import with_changes
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.voice.scores import ANSWERS, CHANGE, NOBODY, OFF_SCALE, WHICH_PERIOD

if TYPE_CHECKING:
    import pyarrow as pa

ALL = "all"
_EFFECTIVE = "wilson, effective n"


def measure_weighted(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment, weighted over its surveys; with a split, also one named "all"."""
    import pyarrow as pa  # heavy: only when somebody asks

    groups: dict[tuple[str, int], list[Row]] = {}
    whole = [] if ALL in context.segments else [ALL]
    for row in rows.to_pylist():
        for segment in (row["segment"], *whole):
            groups.setdefault((segment, row["period"]), []).append(row)
    counted = [{"segment": s, "period": p, **_weighted(strata)} for (s, p), strata in groups.items()]
    table = pa.Table.from_pylist(counted) if counted else rows
    return with_changes(measure_cells(metric, table, replace(context, segments=(*context.segments, *whole))))


def _weighted(strata: Sequence[Row]) -> Mapping[str, float]:
    """Sums over strata; one without any answer cannot stand for those it asked, so it is counted apart."""
    heard = [row for row in strata if row["answers"]]
    asked = sum(row["asked"] for row in heard)
    spread = sum((row["asked"] / asked) ** 2 / row["answers"] for row in heard)
    return {
        "asked": asked,
        "answers": sum(row["answers"] for row in heard),
        "satisfied": sum(row["satisfied"] for row in heard),
        "expected": sum(row["asked"] * row["satisfied"] / row["answers"] for row in heard),
        "effective": 1 / spread if spread else 0.0,
        "unheard": sum(row["asked"] for row in strata if not row["answers"]),
    }


def weighted_cell(metric: Metric, row: Row) -> Cell:
    """The weighted share; its interval counts as many answers as the weights leave of them."""
    counts = {name: int(row.get(name) or 0) for name in ("asked", "answers", "satisfied", "unheard")}
    inputs = {**counts, "expected": float(row.get("expected") or 0.0), "effective": float(row.get("effective") or 0.0)}
    if not counts["answers"]:
        reason = NOBODY if row else _("Nobody was asked in the period.")
        return Cell(value=None, n=0, inputs=inputs, reason=reason)
    share = min(1.0, inputs["expected"] / inputs["asked"])  # rounding may pass 1 by a trace
    around = wilson(share * inputs["effective"], inputs["effective"])
    interval = Interval(low=around.low, high=around.high, method=_EFFECTIVE, level=around.level)
    return Cell(value=share, n=counts["answers"], inputs=inputs, interval=interval)


def measure_scores(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and score of each instrument, named like "nps 9/10"; scores nobody gave are there."""
    import pyarrow as pa  # heavy: only when somebody asks

    counted = [scored for group in _by_scale(rows) for scored in _scores(group, split=bool(context.segment_column))]
    if not counted:
        return measure_cells(metric, rows, context)
    names = tuple(dict.fromkeys(row["segment"] for row in counted))
    cut = [{**row, "cut": _cut(row["instrument"], row["scale"], context.rules)} for row in counted]
    return measure_cells(metric, pa.Table.from_pylist(cut), replace(context, segments=names))


def score_cell(metric: Metric, row: Row) -> Cell:
    """How often one score was given."""
    n, given = int(row.get("answers") or 0), int(row.get("given") or 0)
    inputs = {"given": given, "answers": n, **{name: row.get(name) for name in ("instrument", "scale", "score", "cut")}}
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=NOBODY)
    return Cell(value=given / n, n=n, inputs=inputs, interval=wilson(given, n))


def _cut(instrument: str, scale: float, rules: Rules) -> float | None:
    """The lowest score that counts as good; None where no score does by itself."""
    satisfied = {5: rules.csat_cut_5, 7: rules.csat_cut_7, 10: rules.csat_cut_10}
    cuts = {"nps": 9, "csat": satisfied.get(int(scale)), "ces": 5}
    found = cuts.get(instrument)
    return None if found is None else float(found)


def _by_scale(rows: pa.Table) -> list[list[Row]]:
    """The rows of each segment, instrument and scale, in that order."""
    groups: dict[tuple[str, str, float], list[Row]] = {}
    for row in rows.to_pylist():
        groups.setdefault((row["segment"], row["instrument"], float(row["scale"])), []).append(row)
    return [groups[key] for key in sorted(groups)]


def _scores(group: Sequence[Row], *, split: bool) -> Iterator[Mapping[str, Any]]:
    """Every score of the scale in every period of a group, and what fell between two points of it."""
    first, scale = group[0], float(group[0]["scale"])
    given = {(row["period"], float(row["score"])): row["answers"] for row in group}
    totals: dict[int, int] = {}
    for row in group:
        totals[row["period"]] = totals.get(row["period"], 0) + row["answers"]
    points = {float(point) for point in range(0 if scale == 10 else 1, int(scale) + 1)}
    for score in sorted(points | {score for _period, score in given}):
        name = f"{first['instrument']} {score:g}/{scale:g}"
        for period, answers in totals.items():
            yield {
                "segment": f"{first['segment']} · {name}" if split else name,
                "period": period,
                "instrument": first["instrument"],
                "scale": scale,
                "score": score,
                "given": given.get((period, score), 0),
                "answers": answers,
            }


CSAT_WEIGHTED = register(
    Metric(
        id="csat_weighted",
        family="voice",
        facts=("answers",),
        label=_("CSAT weighted to those asked"),
        unit=Unit.RATE,
        better="higher",
        needs=(*ANSWERS, "rules"),
        query="voice/csat_weighted.sql",
        definition=_(
            "CSAT if everybody asked in a period were as satisfied as those of the same survey, and segment, who "
            "answered."
        ),
        formula=_("Weighted CSAT = sum over surveys of (asked × satisfied / answers) / asked"),
        interval=_EFFECTIVE,
        source="Post-stratification: Holt & Smith (1979), JRSS A 142(1); interval: Wilson (1927) on the effective "
        "number of answers of Kish (1965), Survey Sampling, 11.7",
        example=Example(inputs={"expected": 240, "asked": 400}, expect=0.6),
        measure=measure_weighted,
        caveats=(
            _("Split by a segment, there is one figure more, “all”: weighted by segment and survey of those asked."),
            _("Surveys (and segments) without any answer are left out of it, and how many they asked is shown."),
            _("It mends who is heard too seldom among groups, not within one: the silent may still think otherwise."),
            _("The period is the one of asking, and only questions with an instant of asking count."),
            CHANGE,
        ),
        extra={"cell": weighted_cell},
    )
)

SCORE_DISTRIBUTION = register(
    Metric(
        id="score_distribution",
        family="voice",
        facts=("answers",),
        label=_("Distribution of scores"),
        unit=Unit.RATE,
        better=None,
        needs=ANSWERS,
        query="voice/score_distribution.sql",
        definition=_("How often each score was given, of all answers on the same instrument and scale."),
        formula=_("Share of a score = answers with it / answers"),
        interval="wilson",
        source="Interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"given": 30, "answers": 200}, expect=0.15),
        measure=measure_scores,
        default_by="all",
        caveats=(WHICH_PERIOD, OFF_SCALE),
        extra={"cell": score_cell},
    )
)

"""Every figure the tests draw, and ways to walk a specification."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from okaeri.charts import Figure, figure_of
from okaeri.charts.cohorts import cohorts
from okaeri.charts.foretold import calibration, foretold_by_month
from tests.charts import foretold, results

Spec = dict[str, Any]
MODES, LANGUAGES, WIDTHS = ("light", "dark"), ("en", "ja", "ko"), (320, 1000)
NAMES = ("Annual <b>&", "月額プラン", "연간 요금제")

FIGURES: dict[str, Callable[[], Figure]] = {
    "retention": lambda: figure_of(results.retention()),
    "retention by plan": lambda: figure_of(results.retention(segments=NAMES)),
    "cohorts": lambda: figure_of(results.triangle()),
    "cohorts on or after": lambda: figure_of(results.triangle("cohort_unbounded")),
    "cohort revenue": lambda: figure_of(results.triangle("cohort_revenue")),
    "cohort counts": lambda: cohorts(results.triangle(), show="count"),
    "survival": lambda: figure_of(results.curve()),
    "survival by plan": lambda: figure_of(results.curve(segments=NAMES)),
    "second purchase": lambda: figure_of(results.curve(metric="time_to_second")),
    "amounts": lambda: figure_of(results.amounts()),
    "amounts by plan": lambda: figure_of(results.amounts(segments=(*NAMES, ""), months=1)),
    "lifecycle": lambda: figure_of(results.lives()),
    "lifecycle without a period": lambda: figure_of(results.result("lifecycle", [])),
    "waiting": lambda: figure_of(results.waits()),
    "movements": lambda: figure_of(results.moved()),
    "movements by plan": lambda: figure_of(results.moved(segments=NAMES)),
    "movements, one unfinished month": lambda: figure_of(results.moved(months=slice(9, 10))),
    "no movements": lambda: figure_of(results.result("mrr_movements", [])),
    "cohort money": lambda: figure_of(results.triangle("mrr_cohort")),
    "scores": lambda: figure_of(results.answered()),
    "no scores": lambda: figure_of(results.result("score_distribution", [])),
    "calibration": lambda: calibration(foretold.judgement(), horizon_days=90),
    "foretold": lambda: foretold_by_month(foretold.months(), horizon_days=90),
    "foretold, one replayed month": lambda: foretold_by_month(foretold.months(count=1, replayed=40), horizon_days=90),
    "nothing": lambda: figure_of(results.result("crr", [])),
}


def marks(spec: Spec, kind: str) -> list[Spec]:
    """The layers that draw with one kind of mark."""
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def values(layer: Spec) -> list[Spec]:
    """A layer's inline data."""
    found: list[Spec] = layer["data"]["values"]
    return found


def words(spec: Spec) -> Iterator[Spec]:
    """Every written value: its words, its ink and the ground it stands on."""
    for layer in marks(spec, "text"):
        yield from values(layer)


def axis_words(spec: Spec) -> str:
    """What the axes say: their labels stand in the expressions."""
    axes = [layer["encoding"].get(at, {}).get("axis") or {} for layer in spec["layer"] for at in ("x", "y")]
    return "".join(axis.get("labelExpr", "") for axis in axes)

"""A result in plain words, for a notebook's cell or a terminal."""

from __future__ import annotations

from okaeri.metrics.result import MetricResult
from okaeri.metrics.staying.retention import why_rivals_differ
from okaeri.reports.glass import exemplar, glass_box


def in_words(result: MetricResult) -> str:
    """Definition, formula with its own inputs, interval, source and presence, one to a line."""
    box = glass_box(result)
    lines = [f"{result.metric.label}: {box.definition}", f"{box.formula}", box.worked or ""]
    lines += [f"{name}: {value}" for name, value in box.rows]
    return "\n".join(line for line in (*lines, *box.caveats, *rivals_in_words(result)) if line)


def rivals_in_words(result: MetricResult) -> tuple[str, ...]:
    """Why the churn definitions differ on this data; nothing for other metrics."""
    shown = exemplar(result)
    if not shown or "came_and_went" not in shown.inputs:
        return ()
    return tuple(str(sentence) for sentence in why_rivals_differ(shown.inputs))

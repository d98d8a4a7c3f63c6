"""Figures as programs read them: JSON with n, interval, state, cutoff and the definition that was used."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from okaeri.metrics.metric import Metric
from okaeri.metrics.result import MetricResult
from okaeri.reporting import Answers
from okaeri.web.insights.cards import question_of


def name_of(kind: str, asked: Mapping[str, Any]) -> str:
    """The name an answer is kept under."""
    said = {key: value for key, value in asked.items() if value is not None}
    return f"api:{kind}:{sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]}"


def page_rows(answers: Answers) -> dict[str, Any]:
    """The figures of the pages in the current language, by the names they are kept under."""
    found = {}
    for ask, result in answers.figures:
        kind = "recent" if ask.recent else "rows"  # a recent one says less than its question asks
        found[name_of(kind, question_of(result))] = finite(figure(result))
    return found


def figure(result: MetricResult) -> dict[str, Any]:
    """A result with its definition, JSON-ready, in the current language."""
    return {**result.as_json(), "definition": definition(result.metric)}


def definition(metric: Metric) -> dict[str, Any]:
    """What a metric means; another version means something else."""
    return {
        "id": metric.id,
        "version": metric.version,
        "label": str(metric.label),
        "family": metric.family,
        "unit": metric.unit.value,
        "better": metric.better,
        "says": str(metric.definition),
        "formula": str(metric.formula),
        "interval": metric.interval,
        "source": metric.source,
        "caveats": [str(each) for each in metric.caveats],
        "facts": list(metric.facts),
        "default_by": metric.default_by,
    }


def finite(value: Any) -> Any:
    """The same without numbers that JSON has no word for.

    >>> finite({"value": float("nan"), "n": [3]})
    {'value': None, 'n': [3]}
    """
    if isinstance(value, Mapping):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

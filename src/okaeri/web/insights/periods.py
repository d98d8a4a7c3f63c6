"""Which customers a figure can be asked for: the states of its metric in each of its periods."""

from __future__ import annotations

from typing import Any

from okaeri.base.text import Text, _
from okaeri.metrics.result import MetricResult
from okaeri.web.insights.cards import behind

STATES: dict[str, Text] = {
    "at_start": _("There at the start"),
    "retained": _("Stayed"),
    "lost": _("Went away"),
    "acquired": _("Came for the first time"),
    "returned": _("Came back"),
    "came_and_went": _("Came and went"),
    "at_end": _("There at the end"),
}


def periods_of(result: MetricResult) -> list[dict[str, Any]]:
    """The periods of a result, the newest first, that customers can be listed for; none where presence plays no part.

    `partial` marks the one that has not ended.
    """
    if behind(result.metric) != "states":
        return []
    found = dict.fromkeys(m.period for m in result.measurements if m.period and m.period.start < result.cutoff)
    return [
        {"start": each.start.isoformat(), "label": each.label, "partial": each.end > result.cutoff}
        for each in reversed(found)
        if each is not None
    ]

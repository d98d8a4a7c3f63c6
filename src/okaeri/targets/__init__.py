"""Targets: what a figure should reach, who answers for it, and whether it does, as far as that can be told."""

from __future__ import annotations

from okaeri.targets.forecast import METHOD, Forecast
from okaeri.targets.scorecard import Line, Scorecard, scorecard
from okaeri.targets.target import Target, read_targets, remove_targets, set_target
from okaeri.targets.verdict import Judged, Verdict

__all__ = [
    "METHOD",
    "Forecast",
    "Judged",
    "Line",
    "Scorecard",
    "Target",
    "Verdict",
    "read_targets",
    "remove_targets",
    "scorecard",
    "set_target",
]

"""Which question a figure answers: two figures may be compared only when every word of it is the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from okaeri.facts.rules import Rules
from okaeri.facts.workspace import Workspace
from okaeri.metrics.metric import Metric

_CUTS = ("zone", "week_start", "fiscal_month", "currency", "returns", "grace_days")


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question as it was put; `presence` is the rule asked for, such as `orders:auto`, not what came of it.

    `cutoff` is the day asked for, "" when the facts said how far they reach; `decided` are the workspace's settings
    and rules that figures hang on.
    """

    metric: str
    version: int
    by: str
    segment: str
    presence: str
    cutoff: str
    decided: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """A short name for it.

        >>> one = Question(metric="crr", version=1, by="month", segment="", presence="auto", cutoff="", decided={})
        >>> len(one.digest), one.digest == one.digest
        (16, True)
        """
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()[:16]


def question_of(metric: Metric, workspace: Workspace, *, asked: Mapping[str, Any]) -> Question:
    """The question about a metric in a workspace; `asked` is how it was put."""
    settings = workspace.settings
    cutoff = asked.get("cutoff")
    return Question(
        metric=metric.id,
        version=metric.version,
        by="custom" if asked.get("periods") else asked.get("by") or metric.default_by,
        segment=asked.get("segment") or "",
        presence=(asked.get("presence") or settings.presence) if metric.asks_presence else "rows",
        cutoff=cutoff.isoformat() if cutoff else "",
        decided={name: getattr(settings, name) for name in _CUTS} | _changed(workspace.rules),
    )


def _changed(rules: Rules) -> dict[str, Any]:
    """The rules that are not the usual ones: a rule that comes with a later release changes no older question."""
    usual = Rules()
    names = [field.name for field in fields(Rules)]
    return {f"rules.{name}": getattr(rules, name) for name in names if getattr(rules, name) != getattr(usual, name)}

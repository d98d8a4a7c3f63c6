"""One question about a figure: what an address asks or a dashboard holds, and under which name its answer is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from okaeri.base.calendar import Grain
from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.metrics import find
from okaeri.metrics.presence import PresenceRule

GRAINS = tuple(grain.value for grain in Grain)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A metric by a period length and, if wished, a segment, from a day on, under a presence rule.

    >>> Question(metric="crr", by="quarter", segment="plan").name
    'card:metric=crr&by=quarter&segment=plan'
    """

    metric: str
    by: str = "month"
    segment: str | None = None
    since: date | None = None
    presence: str | None = None

    def __post_init__(self) -> None:
        """Raises `OkaeriError` for a metric, a period length or a presence rule that does not exist."""
        find(self.metric)
        if self.by not in GRAINS:
            raise unknown(_("period length"), self.by, GRAINS)
        if self.presence:
            PresenceRule.parse(self.presence)

    @classmethod
    def from_query(cls, params: Mapping[str, Any]) -> Question:
        """The question of an address or of what was kept as JSON; empty fields are left open.

        >>> Question.from_query({"metric": "crr", "by": "year", "segment": ""})
        Question(metric='crr', by='year', segment=None, since=None, presence=None)
        """
        metric = find(str(params.get("metric", "")))
        return cls(
            metric=metric.id,
            by=str(params.get("by") or metric.default_by),
            segment=str(params["segment"]) if params.get("segment") else None,
            since=_day(params.get("since")),
            presence=str(params["presence"]) if params.get("presence") else None,
        )

    def as_query(self) -> dict[str, str]:
        """The fields that are said, as words: for an address, a form or JSON."""
        since = self.since.isoformat() if self.since else None
        said = {
            "metric": self.metric,
            "by": self.by,
            "segment": self.segment,
            "since": since,
            "presence": self.presence,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def name(self) -> str:
        """The name of the reading that answers it."""
        words = f"card:{urlencode(self.as_query())}"
        return words if len(words) <= 120 else f"card:{sha256(words.encode()).hexdigest()}"

    @property
    def id(self) -> str:
        """A short name for a page's elements."""
        return f"q-{sha256(self.name.encode()).hexdigest()[:10]}"

    @property
    def address(self) -> str:
        """Where it is answered."""
        said = self.as_query()
        return f"{reverse('figure', args=[said.pop('metric')])}?{urlencode(said)}"

    def asked(self) -> dict[str, Any]:
        """The question as the library takes it, without the metric."""
        return {"by": self.by, "segment": self.segment, "start": self.since, "presence": self.presence}


def _day(said: object) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise OkaeriError(
            _("{day} is no day.").format(day=str(said)[:20]), advice=_("Write it as 2024-05-31.")
        ) from None

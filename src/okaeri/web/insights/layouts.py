"""A part of a page as somebody wants it laid out: by which period, split by what, and under which name it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from okaeri.base.calendar import Grain
from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.reporting import questions_of_part

GRAINS = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
"""What a whole part can be laid out by: by day its charts would be too dense, and at once no charts over time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A part with every figure by one length of a period ("" keeps each figure's own) and split by one column.

    >>> Layout(part="cohorts", by="quarter", segment="plan").name
    'layout:part=cohorts&by=quarter&segment=plan'
    """

    part: str
    by: str = ""
    segment: str = ""

    def __post_init__(self) -> None:
        """Raises `OkaeriError` for a length of a period that a part cannot be laid out by."""
        if self.by and self.by not in GRAINS:
            raise unknown(_("period length"), self.by, [grain.value for grain in GRAINS])

    @classmethod
    def from_query(cls, part: str, params: Mapping[str, Any]) -> Layout | None:
        """What an address asks of a part; None when it asks for nothing, or the part can be laid out one way only.

        >>> Layout.from_query("cohorts", {"by": "", "segment": ""})
        """
        by, segment = str(params.get("by") or ""), str(params.get("segment") or "")
        return cls(part=part, by=by, segment=segment) if (by or segment) and can_be_laid_out(part) else None

    def as_query(self) -> dict[str, str]:
        """What follows the question mark of an address, as words."""
        return {name: value for name, value in (("by", self.by), ("segment", self.segment)) if value}

    @property
    def name(self) -> str:
        """The name of the reading that holds it."""
        words = f"layout:{urlencode({'part': self.part, **self.as_query()})}"
        return words if len(words) <= 120 else f"layout:{sha256(words.encode()).hexdigest()}"

    @property
    def id(self) -> str:
        """A short name for a page's elements."""
        return f"q-{sha256(self.name.encode()).hexdigest()[:10]}"


def can_be_laid_out(part: str) -> bool:
    """Whether a part tells of figures that can be asked another way.

    >>> can_be_laid_out("cohorts"), can_be_laid_out("rivals"), can_be_laid_out("leaving")
    (True, False, False)
    """
    return bool(questions_of_part(part))

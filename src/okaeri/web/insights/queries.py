"""What pages read: readings, and how fresh they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from okaeri.base.text import current_language
from okaeri.reports.glass import show_cutoff
from okaeri.web.insights.measuring import facts_state
from okaeri.web.insights.models import Reading
from okaeri.web.insights.questions import Question


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    """When what is shown was measured; `stale` says that the facts have moved on since."""

    made_at: datetime
    cutoff: date | None
    stale: bool

    @property
    def until(self) -> str:
        """The last day that was observed, in words."""
        return show_cutoff(self.cutoff) if self.cutoff else "–"


def reading(name: str) -> dict[str, Any] | None:
    """One reading in the current language, None while it was never measured."""
    found = Reading.objects.filter(name=name, language=current_language()).first()
    return dict(found.data) if found else None


def readings(names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Several readings in the current language, in the order asked; those never measured are left out."""
    found = {each.name: each.data for each in Reading.objects.filter(name__in=names, language=current_language())}
    return {name: found[name] for name in names if name in found}


def card(question: Question) -> dict[str, Any] | None:
    """The kept card of a question in the current language; None while it was never measured.

    `failed` says what happened and what helps where it could not be measured; `key` is the same as a small key figure.
    """
    return reading(question.name)


def card_freshness(question: Question) -> Freshness | None:
    """How fresh the kept card of a question is; None while there is none."""
    return _freshness(question.name)


def drawing(card: str) -> dict[str, Any] | None:
    """The live chart of a card for light and dark pages, in the current language."""
    return reading(f"live:{card}")


def freshness() -> Freshness | None:
    """How fresh the pages in the current language are; None while nothing was measured."""
    return _freshness("home")


def _freshness(name: str) -> Freshness | None:
    found = Reading.objects.filter(name=name, language=current_language()).only("made_at", "cutoff", "state").first()
    if found is None:
        return None
    return Freshness(made_at=found.made_at, cutoff=found.cutoff, stale=found.state != facts_state())

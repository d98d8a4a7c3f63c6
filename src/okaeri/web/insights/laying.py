"""Measure a part of a page the way somebody asked for and keep it in every language, for pages to lay out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, _, use_language
from okaeri.metrics import find
from okaeri.reporting import PartAnswers, ask_part, part_section
from okaeri.reports.contents import Section
from okaeri.reports.page import paired_cards
from okaeri.reports.views import part_view
from okaeri.web.core.shops import asking
from okaeri.web.insights.cards import live_specs, part_data
from okaeri.web.insights.layouts import Layout
from okaeri.web.insights.marks import marked_section, marks
from okaeri.web.insights.measuring import facts_state, forget_rarely_asked, keep


def lay_out(layout: Layout, *, now: datetime, languages: Sequence[str] = LANGUAGES, first: str = "") -> bool:
    """Measure one part and keep it, in the language `first` before the others. Says whether there is one.

    Why it cannot be measured is kept as well.
    """
    state = facts_state()
    answers, error = _asked(layout)
    cutoff = answers.figures[0][1].cutoff if answers and answers.figures else None
    is_there = False
    for language in sorted(languages, key=lambda each: each != first):  # somebody waits for this one
        with use_language(language):
            section = part_section(answers) if answers else None
            is_there = section is not None
            found = _laid(layout, section, answers, language=language) if section and answers else {}
            found.setdefault(layout.name, {"part": None, "failed": _why_not(error, answers)})
        keep(found, language=language, state=state, cutoff=cutoff, now=now)
    forget_rarely_asked()
    return is_there


def _asked(layout: Layout) -> tuple[PartAnswers | None, OkaeriError | None]:
    try:
        with asking() as shop:
            return ask_part(shop, layout.part, by=layout.by, segment=layout.segment or None), None
    except OkaeriError as error:
        return None, error


def _laid(layout: Layout, section: Section, answers: PartAnswers, *, language: str) -> dict[str, Any]:
    section = replace(marked_section(section, marks()), id=layout.id)
    view = part_view(section)
    paired = paired_cards([view])
    part = part_data(view, section, paired=paired)
    part["remarks"] = [*part["remarks"], *_refused(answers)]
    found: dict[str, Any] = {layout.name: {"part": part, "failed": None}}
    for card in view.cards:
        if card.figure:
            found[f"live:{card.id}"] = live_specs(card.figure, language=language, paired=card.id in paired)
    return found


def _refused(answers: PartAnswers) -> list[str]:
    words = _("{metric} is left out: {why}")
    return [str(words.format(metric=find(metric).label, why=error.what)) for metric, error in answers.refused]


def _why_not(error: OkaeriError | None, answers: PartAnswers | None) -> dict[str, str]:
    first = error or next((each for _metric, each in answers.refused), None) if answers else error
    if first is None:
        return {"what": str(_("There is nothing to show this way yet.")), "advice": str(_("Choose another period."))}
    return {"what": str(first.what), "advice": str(first.advice)}

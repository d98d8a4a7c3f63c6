"""Judge the targets alone, when one was set or removed between two measurings of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okaeri.base.text import LANGUAGES, use_language
from okaeri.web.core.shops import asking
from okaeri.web.insights.measuring import facts_state, keep
from okaeri.web.insights.scores import scorecard_data


def judge_targets(*, now: datetime, languages: Sequence[str] = LANGUAGES) -> int:
    """Judge every target and keep the scorecard in every language; returns how many targets there are."""
    state = facts_state()
    with asking() as shop:
        card = shop.check()
    for language in languages:
        with use_language(language):
            found = scorecard_data(card)
        keep({"targets": found}, language=language, state=state, cutoff=None, now=now)
    return len(card.lines)

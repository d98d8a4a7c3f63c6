"""Work of the figures behind the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.insights.answering import answer
from okaeri.web.insights.measuring import measure_pages
from okaeri.web.insights.questions import Question


@job("measure_pages", title=_("Measuring what the pages show"))
def measure(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Measure every page in every language."""
    return measure_pages(now=datetime.now(UTC), progress=progress)


@job("answer", title=_("Measuring one figure"))
def measure_one(arguments: Mapping[str, Any], progress: Progress) -> bool:
    """Answer one question in every language."""
    return answer(Question.from_query(arguments["question"]), now=datetime.now(UTC))

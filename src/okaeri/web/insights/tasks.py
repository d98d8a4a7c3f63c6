"""Work of the figures behind the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from okaeri.base.text import LANGUAGES, _
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.jobs.schedules import recurring
from okaeri.web.core.news import tell
from okaeri.web.insights.answering import answer
from okaeri.web.insights.laying import lay_out
from okaeri.web.insights.layouts import Layout
from okaeri.web.insights.measuring import facts_state, measure_pages
from okaeri.web.insights.models import Reading
from okaeri.web.insights.programs import KIND as ANSWER_PROGRAM
from okaeri.web.insights.programs import answer as answer_program
from okaeri.web.insights.questions import Question
from okaeri.web.insights.scoring import judge_targets
from okaeri.web.insights.services import foretell_first


@job("measure_pages", title=_("Measuring what the pages show"))
def measure(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Measure every page in every language, or in those that are named."""
    languages, now = arguments.get("languages") or LANGUAGES, datetime.now(UTC)
    kept = measure_pages(now=now, languages=languages, progress=progress)
    last = Reading.objects.filter(name="home").order_by("-made_at").first()
    foretell_first(now=now)
    with transaction.atomic():
        tell("measured", {"cutoff": last.cutoff.isoformat() if last and last.cutoff else None}, now=now)
    return kept


@job("refresh_pages", title=_("Looking whether the pages are up to date"), patient=True)
def refresh(arguments: Mapping[str, Any], progress: Progress) -> bool:
    """Have the pages measured when facts or settings changed without anybody saying so."""
    last = Reading.objects.filter(name="home").order_by("made_at").first()
    is_stale = last is not None and last.state != facts_state()
    if is_stale:
        enqueue("measure_pages", now=datetime.now(UTC), key="measure_pages")
    return is_stale


recurring("freshness", kind="refresh_pages", every_minutes=30)


@job("answer", title=_("Measuring one figure"))
def measure_one(arguments: Mapping[str, Any], progress: Progress) -> bool:
    """Answer one question in every language."""
    return answer(Question.from_query(arguments["question"]), now=datetime.now(UTC))


@job("lay_out", title=_("Laying a page out another way"))
def lay_out_one(arguments: Mapping[str, Any], progress: Progress) -> bool:
    """Measure one part of a page the way somebody asked for, in every language."""
    return lay_out(Layout(**arguments["layout"]), now=datetime.now(UTC), first=arguments["first"])


@job(ANSWER_PROGRAM, title=_("Answering a program"))
def answer_one(arguments: Mapping[str, Any], progress: Progress) -> bool:
    """Answer one question that was put through the API."""
    return answer_program(arguments["what"], arguments["asked"], now=datetime.now(UTC))


@job("judge_targets", title=_("Holding figures against their targets"))
def judge(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Judge every target, in every language."""
    return judge_targets(now=datetime.now(UTC))

"""Answer one question in every language and keep the answer, so that pages and dashboards only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import State
from okaeri.base.text import LANGUAGES, use_language
from okaeri.charts import figure_of
from okaeri.charts.annotated import annotated
from okaeri.metrics import find
from okaeri.reports.contents import FigureBlock
from okaeri.reports.headlines import headline
from okaeri.reports.views import headline_card, result_card
from okaeri.shop import Result
from okaeri.web.core.shops import asking
from okaeri.web.insights.cards import card_data, live_specs
from okaeri.web.insights.marks import marks
from okaeri.web.insights.measuring import facts_state, forget_rarely_asked, keep
from okaeri.web.insights.periods import periods_of
from okaeri.web.insights.questions import Question
from okaeri.web.insights.wording import said_here


def answer(question: Question, *, now: datetime, languages: Sequence[str] = LANGUAGES) -> bool:
    """Measure one question and keep its card; why it cannot be measured is kept as well. Says whether there is one."""
    state = facts_state()
    try:
        with asking() as shop:
            result = shop.measure(question.metric, **question.asked())
    except OkaeriError as error:
        _keep_why_not(question, error, languages=languages, state=state, now=now)
        return False
    for language in languages:
        with use_language(language):
            found = _answered(question, result, language=language)
        keep(found, language=language, state=state, cutoff=result.cutoff, now=now)
    forget_rarely_asked()
    return True


def _answered(question: Question, result: Result, *, language: str) -> dict[str, Any]:
    says = any(m.state is State.COMPLETE and m.value is not None for m in result.measurements)
    figure = annotated(figure_of(result), result, marks=marks()) if says else None
    asked = question.as_query()
    view = result_card(FigureBlock(result=result, figure=figure), id=question.id)
    card = card_data(view, result=result, question=asked)
    top = headline(result)
    key = card_data(headline_card(top, id=f"{question.id}-key"), result=result, question=asked) if top else None
    found = {
        **card,
        "key": key,
        "failed": None,
        "asides": [said_here(note) for note in result.notes],
        "periods": periods_of(result),
    }
    kept = {question.name: found}
    if figure:
        kept[f"live:{question.id}"] = live_specs(figure, language=language)
    return kept


def _keep_why_not(
    question: Question, error: OkaeriError, *, languages: Sequence[str], state: str, now: datetime
) -> None:
    for language in languages:
        with use_language(language):
            found = _unanswered(question, error)
        keep({question.name: found}, language=language, state=state, cutoff=None, now=now)
    forget_rarely_asked()


def _unanswered(question: Question, error: OkaeriError) -> Mapping[str, Any]:
    metric = find(question.metric)
    words = {"label": str(metric.label), "title": str(metric.label), "subtitle": str(metric.definition)}
    empty: dict[str, Any] = {
        **{"about": "", "value": "–", "range": "", "insight": "", "kind": "", "alt": "", "span": "c-12"},
        **{"behind": "", "table": None, "glass": None, "spark": None, "change": None, "key": None, "live": False},
        **{"drawings": [], "paints": [], "notes": [], "asides": [], "periods": [], "starts": {}},
    }
    why = {"what": str(error.what), "advice": str(error.advice)}
    return {**empty, **words, "id": question.id, "question": question.as_query(), "failed": why}

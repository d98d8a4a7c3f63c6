"""Measure everything the pages show and keep it: one state of the facts, every language, one transaction each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from okaeri.base.text import LANGUAGES, use_language
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.segments import segments_sql
from okaeri.metrics.timetable import day_number
from okaeri.opening import state_of
from okaeri.reporting import Answers, ask_report, contents_of
from okaeri.reports.page import paired_cards
from okaeri.reports.views import report_view
from okaeri.shop import Shop
from okaeri.web.core.shops import asking, workspace
from okaeri.web.insights.cards import live_specs, part_data, plain
from okaeri.web.insights.marks import marked, marks
from okaeri.web.insights.models import Reading
from okaeri.web.insights.morning import morning, voices
from okaeri.web.insights.scores import scorecard_data
from okaeri.web.insights.telling import page_rows

SHAPE = "3-"  # to be raised when templates ask more of a reading than was kept before
_MOST_LABELS = 20
_ASKED = ("card:", "layout:", "live:q-", "api:")  # what people and programs ask beyond the pages
MOST_ASKED = 3000
Progress = Callable[[float], None]


def facts_state() -> str:
    """A short name for the state of the facts and settings now; another one means that readings are stale.

    It begins with the shape of the readings: those that an earlier version of the application kept are not shown.
    """
    return f"{SHAPE}{hashlib.sha256(repr(state_of(workspace())).encode()).hexdigest()[:32]}"


def measure_pages(*, now: datetime, languages: Sequence[str] = LANGUAGES, progress: Progress | None = None) -> int:
    """Measure what the pages show and replace what was kept; returns how many readings there are now.

    Raises `OkaeriError` when there is nothing to measure.
    """
    state = facts_state()
    with asking() as shop:
        answers = ask_report(shop, segment=_segment(shop))
        scores = shop.check()
        told = {"choices": {"segments": segment_choices(shop)}, "voices": {"said": voices(shop)}}
        kept = 0
        for place, language in enumerate(languages):
            with use_language(language):
                readings = {
                    **_readings(shop, answers, language=language, now=now),
                    **told,
                    "targets": scorecard_data(scores),
                }
            kept += keep_pages(readings, language=language, state=state, cutoff=answers.figures[0][1].cutoff, now=now)
            if progress:
                progress((place + 1) / len(languages))
    return kept


def _segment(shop: Shop) -> str | None:
    columns = shop.columns()
    return next((name for name in ("channel", "plan") if name in columns), None)


def segment_choices(shop: Shop) -> list[str]:
    """What figures can sensibly be split by: the columns of two labels to twenty, never one that names customers."""
    return [column for column in shop.columns() if 1 < shop.ask(partial(_labels, column=column)) <= _MOST_LABELS]


def _labels(measurer: Measurer, *, column: str) -> int:
    labelled = segments_sql(measurer.engine, column, cutoff=day_number(measurer.until()))
    rows = measurer.engine.query(f"select count(distinct segment) as n from ({labelled}) as labelled").to_pylist()
    return int(rows[0]["n"])


def _readings(shop: Shop, answers: Answers, *, language: str, now: datetime) -> dict[str, Any]:
    report = marked(contents_of(shop, answers, lang=language, now=now), marks())
    view = report_view(report)
    paired = paired_cards(view.parts)
    found = {
        f"part:{part.id}": part_data(part, section, paired=paired)
        for part, section in zip(view.parts, report.sections, strict=True)
    }
    found |= {
        f"live:{card.id}": live_specs(card.figure, language=language, paired=card.id in paired)
        for part in view.parts
        for card in part.cards
        if card.figure
    }
    parts = {name: data for name, data in found.items() if name.startswith("part:")}
    found["home"] = morning(report, view, answers, parts=parts)
    found["tabs"] = {part.id: part.title for part in view.parts}
    found["ground"] = {
        name: plain(getattr(view, name)) for name in ("tables", "imports", "left_out", "terms", "covered")
    }
    found["restatements"] = {"table": plain(view.restated)}
    return {**found, **page_rows(answers)}


@transaction.atomic
def keep_pages(readings: Mapping[str, Any], *, language: str, state: str, cutoff: date, now: datetime) -> int:
    """Keep all readings of the pages in one language, and drop the parts and drawings there are no more."""
    keep(readings, language=language, state=state, cutoff=cutoff, now=now)
    old = Reading.objects.filter(language=language).exclude(name__in=list(readings)).exclude(name__startswith="live:q-")
    old.filter(Q(name__startswith="part:") | Q(name__startswith="live:")).delete()
    return len(readings)


@transaction.atomic
def keep(readings: Mapping[str, Any], *, language: str, state: str, cutoff: date | None, now: datetime) -> None:
    """Keep readings in one language, each in the place of what was there under its name."""
    for name, data in readings.items():
        Reading.objects.update_or_create(
            name=name,
            language=language,
            defaults={"data": data, "state": state, "cutoff": cutoff, "made_at": now},
        )


def forget_rarely_asked() -> int:
    """Drop the answers that were measured longest ago where too many are kept; returns how many were dropped.

    What is asked again is measured again, so those asked often are the newest.
    """
    named = Q()
    for start in _ASKED:
        named |= Q(name__startswith=start)
    asked = Reading.objects.filter(named)
    made = asked.order_by("-made_at").values_list("made_at", flat=True)[MOST_ASKED : MOST_ASKED + 1]
    dropped = 0
    for oldest_kept in made:
        dropped, _each = asked.filter(made_at__lte=oldest_kept).delete()
    return dropped

"""What the pages of this room read, always by what the person may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from okaeri.base.errors import OkaeriError
from okaeri.charts.annotated import Mark
from okaeri.metrics import find
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can
from okaeri.web.insights import queries
from okaeri.web.insights.boards.models import Alert, Annotation, Dashboard, MailPlan, SavedView, Share
from okaeri.web.insights.boards.services import digest_of
from okaeri.web.insights.boards.verdicts import in_words, told
from okaeri.web.insights.questions import Question


@dataclass(frozen=True, kw_only=True, slots=True)
class TileView:
    """A figure on a dashboard; `card` is None while it is being measured, `question` while its metric is gone."""

    id: int
    question: Question | None
    card: dict[str, Any] | None
    wide: bool


def views_for(person: User) -> QuerySet[SavedView]:
    """A person's own views and those that others share."""
    return SavedView.objects.filter(Q(owner=person) | Q(shared=True)).select_related("owner")


def dashboards_for(person: User) -> QuerySet[Dashboard]:
    """A person's own dashboards and those that others share."""
    return Dashboard.objects.filter(Q(owner=person) | Q(shared=True)).select_related("owner")


def dashboard_for(person: User, id: UUID | str) -> Dashboard:
    """One dashboard; raises `Http404` when there is none the person may see."""
    found = dashboards_for(person).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def own_dashboard(person: User, id: UUID | str) -> Dashboard:
    """One dashboard to change: by whoever made it, or an owner of the workspace; else `Http404`."""
    found = dashboard_for(person, id)
    if found.owner_id != person.pk and not person.can(Can.MANAGE):
        raise Http404
    return found


def tiles_of(dashboard: Dashboard) -> tuple[TileView, ...]:
    """The figures of a dashboard in the current language."""
    asked = [(tile, question_of(tile.question)) for tile in dashboard.tiles.all()]
    cards = queries.readings(tuple({question.name for _tile, question in asked if question}))
    return tuple(
        TileView(id=tile.pk, question=question, card=cards.get(question.name) if question else None, wide=tile.wide)
        for tile, question in asked
    )


def freshness_of(tiles: Iterable[TileView]) -> queries.Freshness | None:
    """How fresh the oldest figure of a dashboard is; None while there is none."""
    return queries.oldest(tile.question.name for tile in tiles if tile.question)


def question_of(kept: dict[str, Any]) -> Question | None:
    """A kept question; None when its metric is no longer there."""
    try:
        return Question.from_query(kept)
    except OkaeriError:
        return None


def share_of(token: str, *, now: datetime) -> Share | None:
    """The link a token opens, while it has neither ended nor been taken back."""
    found = Share.objects.filter(digest=digest_of(token), revoked_at=None).select_related("dashboard").first()
    return found if found and (found.ends_at is None or found.ends_at > now) else None


def marks() -> tuple[Mark, ...]:
    """What people wrote about days, for the charts."""
    return tuple(Mark(day=each.day, words=each.words) for each in Annotation.objects.all()[:200])


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertView:
    """A watched figure with the words of its last verdict; `words` is None while there is none to tell."""

    alert: Alert
    label: str
    words: dict[str, str] | None
    why_not: str = ""


def mails_for(person: User) -> QuerySet[MailPlan]:
    """The reports a person has sent by themselves, all of them for an owner."""
    found = MailPlan.objects.select_related("owner")
    return found if person.can(Can.MANAGE) else found.filter(owner=person)


def alerts_for(person: User) -> Iterator[AlertView]:
    """A person's alerts, all of them for an owner."""
    found = Alert.objects.select_related("owner").prefetch_related("rings")
    for alert in found if person.can(Can.MANAGE) else found.filter(owner=person):
        question = question_of(alert.question)
        label = str(find(question.metric).label) if question else str(alert.question.get("metric", ""))
        verdict = alert.verdict or {}
        words = in_words(verdict) if "value" in verdict else None
        yield AlertView(alert=alert, label=label, words=words, why_not=told(verdict.get("why_not")))

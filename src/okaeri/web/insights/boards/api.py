"""Addresses of boards for programs: saved views, dashboards, links to them, notes on days, and alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from okaeri.web.core.bodies import Day, Flag, Number, Sent
from okaeri.web.core.paging import Page, Part, page_of
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights.boards import queries, services
from okaeri.web.insights.boards.models import Alert, Annotation, Dashboard, SavedView, Share, Tile
from okaeri.web.insights.questions import Question

router = Router(tags=["Boards"])
_LARGEST = 2**63 - 1
Grain = Literal["day", "week", "month", "quarter", "year", "all"]


class ViewIn(Sent):
    """A page as it is set: its address, beginning with a slash."""

    name: str = Field(min_length=1, max_length=80)
    address: str = Field(min_length=1, max_length=500, examples=["/figures/crr/?by=quarter"])
    shared: Flag = False


class ViewOut(Schema):
    """A saved view."""

    id: int
    name: str
    address: str
    shared: bool
    owner: str
    made_at: datetime


def _view(each: SavedView) -> dict[str, Any]:
    fields = ("id", "name", "address", "shared", "made_at")
    return {**{name: getattr(each, name) for name in fields}, "owner": str(each.owner)}


@router.get("/views", response=Page[ViewOut], summary="Saved views")
@needs(Can.SEE_FIGURES)
def list_views(request: HttpRequest, part: Part) -> Any:
    """Your own views and those that others share, by name."""
    return page_of(queries.views_for(asked_by(request)), part, by=("name", "id"), show=_view)


@router.post("/views", response={201: ViewOut}, summary="Save a view")
@needs(Can.ARRANGE)
def save_view(request: HttpRequest, sent: ViewIn) -> Any:
    """Keep an address under a name."""
    return Status(201, _view(services.save_view(by=asked_by(request), **sent.model_dump(), now=timezone.now())))


@router.delete("/views/{int:view_id}", response={204: None}, summary="Remove a view")
@needs(Can.ARRANGE)
def remove_view(request: HttpRequest, view_id: int) -> Any:
    """Remove one of your own views."""
    found = SavedView.objects.filter(pk=min(view_id, _LARGEST), owner=asked_by(request)).first()
    return _remove(request, found)


def _remove(request: HttpRequest, found: SavedView | Dashboard | Tile | Annotation | Alert | None) -> Any:
    if found is None:
        raise Http404
    services.remove(found, by=asked_by(request), now=timezone.now())
    return Status(204, None)


class DashboardIn(Sent):
    """A dashboard to begin."""

    title: str = Field(min_length=1, max_length=80)


class TileIn(Sent):
    """A figure to put on a dashboard."""

    metric: str = Field(max_length=60, examples=["crr"])
    by: Grain | None = None
    segment: str | None = Field(None, max_length=100)
    since: Day | None = None
    presence: str | None = Field(None, max_length=60)
    wide: Flag = False


class TileOut(Schema):
    """A figure of a dashboard; ask for it under /measurements."""

    id: int
    place: int
    question: dict[str, Any]
    wide: bool


class DashboardOut(Schema):
    """A dashboard with its figures, in their order."""

    id: UUID
    title: str
    owner: str
    shared: bool
    made_at: datetime
    tiles: list[TileOut]


def _dashboard(each: Dashboard) -> dict[str, Any]:
    fields = ("id", "title", "shared", "made_at")
    tiles = [{name: getattr(tile, name) for name in TileOut.model_fields} for tile in each.tiles.all()]
    return {**{name: getattr(each, name) for name in fields}, "owner": str(each.owner), "tiles": tiles}


@router.get("/dashboards", response=Page[DashboardOut], summary="Dashboards")
@needs(Can.SEE_FIGURES)
def list_dashboards(request: HttpRequest, part: Part) -> Any:
    """Your own dashboards and those that others share, by title."""
    found = queries.dashboards_for(asked_by(request)).prefetch_related("tiles")
    return page_of(found, part, by=("title", "id"), show=_dashboard)


@router.post("/dashboards", response={201: DashboardOut}, summary="Begin a dashboard")
@needs(Can.ARRANGE)
def make_dashboard(request: HttpRequest, sent: DashboardIn) -> Any:
    """An empty dashboard."""
    made = services.make_dashboard(by=asked_by(request), title=sent.title, now=timezone.now())
    return Status(201, _dashboard(made))


@router.get("/dashboards/{uuid:dashboard_id}", response=DashboardOut, summary="One dashboard")
@needs(Can.SEE_FIGURES)
def get_dashboard(request: HttpRequest, dashboard_id: UUID) -> Any:
    """One dashboard with its figures."""
    return _dashboard(queries.dashboard_for(asked_by(request), dashboard_id))


@router.delete("/dashboards/{uuid:dashboard_id}", response={204: None}, summary="Remove a dashboard")
@needs(Can.ARRANGE)
def remove_dashboard(request: HttpRequest, dashboard_id: UUID) -> Any:
    """Remove a dashboard, with the links to it."""
    return _remove(request, queries.own_dashboard(asked_by(request), dashboard_id))


@router.post("/dashboards/{uuid:dashboard_id}/tiles", response={201: TileOut}, summary="Add a figure")
@needs(Can.ARRANGE)
def add_tile(request: HttpRequest, dashboard_id: UUID, sent: TileIn) -> Any:
    """Put a figure at the end of a dashboard."""
    found = queries.own_dashboard(asked_by(request), dashboard_id)
    made = services.add_tile(found, by=asked_by(request), question=_question(sent), wide=sent.wide, now=timezone.now())
    return Status(201, {name: getattr(made, name) for name in TileOut.model_fields})


def _question(sent: TileIn | AlertIn) -> Question:
    said = sent.model_dump(mode="json", include={"metric", "by", "segment", "since", "presence"}, exclude_none=True)
    return Question.from_query(said)


@router.delete("/dashboards/{uuid:dashboard_id}/tiles/{int:tile_id}", response={204: None}, summary="Take one out")
@needs(Can.ARRANGE)
def remove_tile(request: HttpRequest, dashboard_id: UUID, tile_id: int) -> Any:
    """Take a figure out of a dashboard."""
    found = queries.own_dashboard(asked_by(request), dashboard_id)
    return _remove(request, found.tiles.filter(pk=min(tile_id, _LARGEST)).first())


class ShareIn(Sent):
    """A link for people without an account; without `days` it lasts until it is taken back."""

    language: Literal["en", "ja", "ko"] = "en"
    days: int | None = Field(None, ge=1, le=3650, strict=True)


class ShareOut(Schema):
    """A link to a dashboard; `hint` is how it begins."""

    id: int
    hint: str
    language: str
    made_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None


class ShareMade(ShareOut):
    """A link, which is told this once."""

    link: str


def _share(each: Share) -> dict[str, Any]:
    return {name: getattr(each, name) for name in ShareOut.model_fields}


@router.get("/dashboards/{uuid:dashboard_id}/shares", response=Page[ShareOut], summary="Links to a dashboard")
@needs(Can.SHARE)
def list_shares(request: HttpRequest, dashboard_id: UUID, part: Part) -> Any:
    """The links to a dashboard, the newest first."""
    found = queries.own_dashboard(asked_by(request), dashboard_id)
    return page_of(found.shares.all(), part, by=("-made_at", "-id"), show=_share)


@router.post("/dashboards/{uuid:dashboard_id}/shares", response={201: ShareMade}, summary="Share a dashboard")
@needs(Can.SHARE)
def share_dashboard(request: HttpRequest, dashboard_id: UUID, sent: ShareIn) -> Any:
    """A link that shows a dashboard to whoever holds it."""
    found = queries.own_dashboard(asked_by(request), dashboard_id)
    made, token = services.share(
        found, by=asked_by(request), language=sent.language, days=sent.days, now=timezone.now()
    )
    link = settings.OKAERI.address.rstrip("/") + reverse("shared", args=[token])
    return Status(201, {**_share(made), "link": link})


@router.delete("/dashboards/{uuid:dashboard_id}/shares/{int:share_id}", response={204: None}, summary="Take one back")
@needs(Can.SHARE)
def revoke_share(request: HttpRequest, dashboard_id: UUID, share_id: int) -> Any:
    """From now on the link opens nothing."""
    found = queries.own_dashboard(asked_by(request), dashboard_id)
    made = found.shares.filter(pk=min(share_id, _LARGEST)).first()
    if made is None:
        raise Http404
    services.revoke(made, by=asked_by(request), now=timezone.now())
    return Status(204, None)


class AnnotationIn(Sent):
    """What happened on a day."""

    day: Day
    words: str = Field(min_length=1, max_length=120, pattern=r"\S")


class AnnotationOut(Schema):
    """What somebody knows about a day."""

    id: int
    day: date
    words: str
    author: str
    made_at: datetime


def _annotation(each: Annotation) -> dict[str, Any]:
    fields = ("id", "day", "words", "made_at")
    return {**{name: getattr(each, name) for name in fields}, "author": str(each.author or "")}


@router.get("/annotations", response=Page[AnnotationOut], summary="Notes on days")
@needs(Can.SEE_FIGURES)
def list_annotations(request: HttpRequest, part: Part) -> Any:
    """What people wrote about days, the latest day first."""
    return page_of(Annotation.objects.select_related("author"), part, by=("-day", "-id"), show=_annotation)


@router.post("/annotations", response={201: AnnotationOut}, summary="Write about a day")
@needs(Can.ARRANGE)
def annotate(request: HttpRequest, sent: AnnotationIn) -> Any:
    """Mark a day on every chart over time."""
    made = services.annotate(by=asked_by(request), day=sent.day, words=sent.words, now=timezone.now())
    return Status(201, _annotation(made))


@router.delete("/annotations/{int:annotation_id}", response={204: None}, summary="Remove a note on a day")
@needs(Can.ARRANGE)
def remove_annotation(request: HttpRequest, annotation_id: int) -> Any:
    """Remove what you wrote about a day; those who manage remove anybody's."""
    person = asked_by(request)
    found = Annotation.objects.filter(pk=min(annotation_id, _LARGEST))
    return _remove(request, (found if person.can(Can.MANAGE) else found.filter(author=person)).first())


class AlertIn(Sent):
    """A figure to watch; `worse` -1 or 1 listens to one direction, 0 to both."""

    metric: str = Field(max_length=60, examples=["crr"])
    by: Grain | None = None
    false_alarms_per_year: Number = Field(1.0, description="0.2, 0.5, 1 or 4: how often nothing was the matter.")
    worse: int = Field(0, ge=-1, le=1, strict=True)


class AlertOut(Schema):
    """A watched figure and what was last said of it; `why_not` says why nothing can be."""

    id: int
    label: str
    question: dict[str, Any]
    false_alarms_per_year: float
    worse: int
    looked_at: datetime | None
    verdict: dict[str, Any] | None
    why_not: str


def _alert(view: queries.AlertView) -> dict[str, Any]:
    each = view.alert
    fields = ("id", "question", "false_alarms_per_year", "worse", "looked_at")
    said = {"label": view.label, "verdict": view.words, "why_not": view.why_not}
    return {**{name: getattr(each, name) for name in fields}, **said}


@router.get("/alerts", response=list[AlertOut], summary="Alerts")
@needs(Can.ARRANGE)
def list_alerts(request: HttpRequest) -> Any:
    """The figures you watch, with what was last said of each."""
    return [_alert(each) for each in queries.alerts_for(asked_by(request))]


@router.post("/alerts", response={201: AlertOut}, summary="Watch a figure")
@needs(Can.ARRANGE)
def make_alert(request: HttpRequest, sent: AlertIn) -> Any:
    """Be told when a figure moves by more than chance would move it."""
    made = services.make_alert(
        by=asked_by(request),
        question=_question(sent),
        false_alarms_per_year=sent.false_alarms_per_year,
        worse=sent.worse,
        now=timezone.now(),
    )
    return Status(201, next(_alert(each) for each in queries.alerts_for(asked_by(request)) if each.alert.pk == made.pk))


@router.delete("/alerts/{int:alert_id}", response={204: None}, summary="Stop watching")
@needs(Can.ARRANGE)
def remove_alert(request: HttpRequest, alert_id: int) -> Any:
    """Stop watching a figure."""
    mine = [each.alert for each in queries.alerts_for(asked_by(request)) if each.alert.pk == alert_id]
    return _remove(request, mine[0] if mine else None)

"""Addresses of the figures for programs: what was measured, with n, interval, cutoff, state and definition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language
from okaeri.metrics import METRICS
from okaeri.restatements import Restatement, reasons, restatements
from okaeri.web.core.bodies import Day, Sent
from okaeri.web.core.paging import Page, Part, page_of_list
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.shops import workspace_path
from okaeri.web.insights import programs, queries
from okaeri.web.insights.pages import PAGES
from okaeri.web.insights.questions import Question
from okaeri.web.insights.telling import definition

router = Router()
Grain = Literal["day", "week", "month", "quarter", "year", "all"]


class MetricOut(Schema):
    """What a metric means; a new version means something else than the one before."""

    id: str
    version: int
    label: str
    family: str
    unit: str
    better: str | None
    says: str
    formula: str
    interval: str
    source: str
    caveats: list[str]
    facts: list[str]
    default_by: str


class Row(Schema):
    """One figure: `n` stands behind it, `low` and `high` are its interval, `state` says whether it may be compared."""

    period_start: date | None
    period_end: date | None
    segment: str | None
    value: float | None
    n: int | None
    low: float | None
    high: float | None
    state: str = Field(description="complete, partial or undefined")
    reason: str | None
    inputs: dict[str, Any]
    unit: str
    currency: str | None
    interval_method: str | None


class Figures(Schema):
    """A metric's figures; `cutoff` is the first local day that was not observed."""

    metric: str
    version: int
    cutoff: date
    rows: list[Row]
    unit: str
    by: str
    zone: str
    presence: str
    presence_sentence: str
    segment_column: str | None
    notes: list[str]
    definition: MetricOut


class Made(Schema):
    """When an answer was made; `stale` says that the facts have moved on, and that a new one is on its way."""

    made_at: datetime
    stale: bool


class Measured(Made):
    """The kept answer to a question."""

    figures: Figures


class Pending(Schema):
    """The answer is being made: ask again, or look at the job."""

    job: UUID
    state: str
    address: str = Field(description="Where the job can be looked at.")


class QuestionIn(Sent):
    """A question about a metric; `since` leaves out what is earlier, `presence` says who counts as a customer."""

    metric: str = Field(max_length=60, examples=["crr"])
    by: Grain | None = Field(None, description="The length of a period; the metric's own when it is left out.")
    segment: str | None = Field(None, max_length=100, examples=["channel"])
    since: Day | None = None
    presence: str | None = Field(None, max_length=60, examples=["orders:60d"])


@router.get("/metrics", response=Page[MetricOut], tags=["Figures"], summary="Metrics and their definitions")
@needs(Can.SEE_FIGURES)
def list_metrics(request: HttpRequest, part: Part, family: Annotated[str, Query(max_length=60)] = "") -> Any:
    """Every metric with its version, definition and formula."""
    found = [definition(each) for each in METRICS.values() if family in ("", each.family)]
    return page_of_list(found, part, key=lambda each: str(each["id"]))


@router.get("/metrics/{metric_id}", response=MetricOut, tags=["Figures"], summary="One metric")
@needs(Can.SEE_FIGURES)
def get_metric(request: HttpRequest, metric_id: str) -> Any:
    """What one metric means."""
    if metric_id not in METRICS:
        raise Http404
    return definition(METRICS[metric_id])


def kept_or_job(
    request: HttpRequest,
    response: HttpResponse,
    kind: str,
    asked: dict[str, Any],
    *,
    location: str = "",
    apart: str = "",
    show: Callable[[programs.Kept], dict[str, Any]],
) -> Any:
    """The kept answer (200, or 304 when the asker has it), or the job that makes it (202).

    `apart` tells the parts of one answer from each other.
    """
    now, person = timezone.now(), asked_by(request)
    found = programs.kept(kind, asked)
    if found is None or found.stale:
        job = programs.want(kind, asked, now=now, asked_by=person)
    if found is None:
        response["Location"] = location or request.get_full_path()
        response["Retry-After"] = "2"
        return Status(202, {"job": job.pk, "state": job.state, "address": reverse("api:get_job", args=[job.pk])})
    if failed := found.data.get("failed"):
        raise OkaeriError(failed["what"], advice=failed["advice"])
    mark = f"{kind}{sorted(asked.items())}{found.made_at}{found.stale}{current_language()}{apart}"
    etag = f'"{hashlib.sha256(mark.encode()).hexdigest()[:32]}"'
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    if request.method == "GET" and etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag, "Cache-Control": "private, no-cache"})
    return Status(200, show(found))


def _measurement(request: HttpRequest, response: HttpResponse, said: dict[str, Any]) -> Any:
    question = Question.from_query(said)
    if question.segment:
        queries.check_segment(question.segment)
    location = f"{reverse('api:get_measurement')}?{urlencode(question.as_query())}"
    return kept_or_job(request, response, "rows", programs.rows_question(question), location=location, show=_measured)


def _measured(kept: programs.Kept) -> dict[str, Any]:
    return {"made_at": kept.made_at, "stale": kept.stale, "figures": kept.data}


def _said(asked: QuestionIn) -> dict[str, Any]:
    said = asked.model_dump(exclude_none=True)
    return {**said, "since": asked.since.isoformat()} if asked.since else said


@router.post("/measurements", response={200: Measured, 202: Pending}, tags=["Figures"], summary="Measure a metric")
@needs(Can.SEE_FIGURES)
def measure(request: HttpRequest, asked: QuestionIn, response: HttpResponse) -> Any:
    """The kept answer, or 202 with the job that makes it; `Location` is where the answer will be."""
    return _measurement(request, response, _said(asked))


@router.get("/measurements", response={200: Measured, 202: Pending}, tags=["Figures"], summary="One measurement")
@needs(Can.SEE_FIGURES)
def get_measurement(request: HttpRequest, asked: Query[QuestionIn], response: HttpResponse) -> Any:
    """The same question in an address, so that its answer can be fetched again and cached."""
    return _measurement(request, response, _said(asked))


class Answer(Made):
    """A kept answer: what it holds is described with the question."""

    answer: dict[str, Any]


def answer_of(kept: programs.Kept) -> dict[str, Any]:
    """A kept answer as it is told."""
    return {"made_at": kept.made_at, "stale": kept.stale, "answer": kept.data}


class SwitchboardQuestion(Schema):
    """Which period: a day in it or its label; the latest complete one when left out."""

    period: str | None = Field(None, max_length=30, examples=["2024-05"])
    by: Grain = "month"
    presence: str | None = Field(None, max_length=60)


@router.get("/switchboard", response={200: Answer, 202: Pending}, tags=["Figures"], summary="Rival definitions")
@needs(Can.SEE_FIGURES)
def switchboard(request: HttpRequest, asked: Query[SwitchboardQuestion], response: HttpResponse) -> Any:
    """One period's churn, retention and lifetime value as each product defines them, side by side in `lines`."""
    return kept_or_job(request, response, "switchboard", asked.model_dump(exclude_none=True), show=answer_of)


class Card(Schema):
    """One picture or number of a page: its words, and the figures behind it where there are some."""

    id: str
    label: str
    title: str
    value: str
    range: str
    insight: str
    question: dict[str, Any] | None
    figures: Figures | None


class PartOut(Schema):
    """A part of a page."""

    id: str
    title: str
    introduction: str
    cards: list[Card]


class PageOut(Schema):
    """A page of figures; `cutoff` is the last day it rests on, in words."""

    page: str
    title: str
    says: str
    measured_at: datetime | None
    until: str | None
    stale: bool
    parts: list[PartOut]


class PageName(Schema):
    """A page that can be read."""

    page: str
    title: str
    says: str


@router.get("/pages", response=list[PageName], tags=["Figures"], summary="The pages of figures")
@needs(Can.SEE_FIGURES)
def list_pages(request: HttpRequest) -> Any:
    """Every page, with what it tells."""
    home = {"page": "home", "title": str(_("Home")), "says": str(_("What changed, and whether it is real."))}
    return [home, *({"page": each.name, "title": str(each.title), "says": str(each.words)} for each in PAGES.values())]


@router.get("/pages/{name}", response=PageOut, tags=["Figures"], summary="One page of figures")
@needs(Can.SEE_FIGURES)
def get_page(request: HttpRequest, name: str, response: HttpResponse) -> Any:
    """What a page shows, as figures; customers are named by other addresses alone."""
    words = next((each for each in list_pages(request) if each["page"] == name), None)
    if words is None:
        raise Http404
    fresh = queries.freshness()
    return {
        **words,
        "measured_at": fresh.made_at if fresh else None,
        "until": fresh.until if fresh else None,
        "stale": fresh.stale if fresh else False,
        "parts": list(_parts(name)),
    }


def _parts(name: str) -> Iterator[dict[str, Any]]:
    if name == "home":
        home = queries.reading("home") or {}
        cards = [_card(each) for each in home.get("headline", ())]
        yield {"id": "headline", "title": str(_("Key figures")), "introduction": "", "cards": cards}
        return
    for key, part in queries.readings(tuple(f"part:{each}" for each in PAGES[name].parts)).items():
        yield {
            "id": key.removeprefix("part:"),
            "title": part["title"],
            "introduction": part["introduction"],
            "cards": [_card(each) for each in part["cards"]],
        }


def _card(card: Mapping[str, Any]) -> dict[str, Any]:
    question = card.get("question")
    words = {name: str(card.get(name) or "") for name in ("id", "label", "title", "value", "range", "insight")}
    return {**words, "question": question, "figures": programs.figures_behind(question) if question else None}


class RestatementOut(Schema):
    """A past figure that a later measuring told differently, and what had changed in between."""

    metric: str
    by: str
    period: str
    segment: str | None
    currency: str | None
    old: float | None
    new: float | None
    said_at: datetime
    restated_at: datetime
    reasons: list[str]


@router.get("/restatements", response=Page[RestatementOut], tags=["Figures"], summary="Restatements")
@needs(Can.SEE_FIGURES)
def list_restatements(request: HttpRequest, part: Part, metric: Annotated[str, Query(max_length=60)] = "") -> Any:
    """The restatements of all metrics or of one, the latest first."""
    found = [_restated(each) for each in reversed(restatements(workspace_path(), metric=metric or None))]
    return page_of_list(found, part, key=_key_of)


def _key_of(row: Mapping[str, Any]) -> str:
    said = [str(row[name]) for name in ("metric", "by", "period", "segment", "currency", "restated_at", "new")]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:32]


def _restated(each: Restatement) -> dict[str, Any]:
    return {
        "metric": each.metric,
        "by": each.by,
        "period": each.period.short,
        "segment": each.place.segment if each.segment_column else None,
        "currency": each.place.currency or None,
        "old": each.old.value,
        "new": each.new.value,
        "said_at": each.said_at,
        "restated_at": each.restated_at,
        "reasons": [str(why) for why in reasons(each)],
    }

"""Addresses of targets, signals and predictions for programs."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from okaeri.targets import Target, read_targets
from okaeri.web.core.bodies import Number, Sent
from okaeri.web.core.paging import Asked, Page, Part, page_of_list
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.shops import workspace
from okaeri.web.insights import programs, services
from okaeri.web.insights.api import Answer, Made, Pending, answer_of, kept_or_job
from okaeri.web.insights.scores import key_of

router = Router()


class TargetIn(Sent):
    """What a metric should reach in each period: one of the two bounds, in the metric's unit (0.8 for 80%)."""

    metric: str = Field(max_length=60, examples=["crr"])
    at_least: Number | None = Field(None, allow_inf_nan=False, examples=[0.8])
    at_most: Number | None = Field(None, allow_inf_nan=False)
    by: Literal["day", "week", "month", "quarter", "year"] = "month"
    owner: str = Field("", max_length=100)
    department: str = Field("", max_length=100)
    segment: str = Field("", max_length=100, description="One label of one column, such as plan=pro.")
    currency: str = Field("", max_length=3)


class TargetOut(TargetIn):
    """A target; its id stays the same while its metric, period, segment, currency and department do."""

    id: str
    says: str


def _target(target: Target) -> dict[str, Any]:
    said = {name: getattr(target, name) for name in TargetIn.model_fields}
    return {**said, "id": _id(target), "says": str(target.sentence)}


def _id(target: Target) -> str:
    return hashlib.sha256("\x1f".join(target.key).encode()).hexdigest()[:16]


def _find(target_id: str) -> Target:
    found = next((each for each in read_targets(workspace()) if _id(each) == target_id), None)
    if found is None:
        raise Http404
    return found


@router.get("/targets", response=Page[TargetOut], tags=["Targets"], summary="Targets")
@needs(Can.SEE_FIGURES)
def list_targets(request: HttpRequest, part: Part) -> Any:
    """Every target, in the order they are written."""
    return page_of_list([_target(each) for each in read_targets(workspace())], part, key=lambda each: str(each["id"]))


@router.post("/targets", response={200: TargetOut, 201: TargetOut}, tags=["Targets"], summary="Set a target")
@needs(Can.BRING_FACTS)
def make_target(request: HttpRequest, asked: TargetIn) -> Any:
    """Set a target; one of the same metric, period, segment, currency and department is replaced (200)."""
    target = Target(**asked.model_dump())
    known = {_id(each) for each in read_targets(workspace())}
    services.set_one_target(target, asked_by=asked_by(request), now=timezone.now())
    return Status(200 if _id(target) in known else 201, _target(target))


@router.get("/targets/verdicts", response={200: Answer, 202: Pending}, tags=["Targets"], summary="Verdicts")
@needs(Can.SEE_FIGURES)
def verdicts(request: HttpRequest, response: HttpResponse) -> Any:
    """Every target with its verdict for the latest complete period, for the current one, and a forecast."""
    return kept_or_job(request, response, "scorecard", {}, show=answer_of)


@router.get("/targets/{target_id}", response=TargetOut, tags=["Targets"], summary="One target")
@needs(Can.SEE_FIGURES)
def get_target(request: HttpRequest, target_id: str) -> Any:
    """One target."""
    return _target(_find(target_id))


@router.delete("/targets/{target_id}", response={204: None}, tags=["Targets"], summary="Remove a target")
@needs(Can.BRING_FACTS)
def remove_target(request: HttpRequest, target_id: str) -> Any:
    """Remove one target."""
    services.remove_target(key_of(_find(target_id)), asked_by=asked_by(request), now=timezone.now())
    return Status(204, None)


class Evidence(Schema):
    """One reason for a signal: a figure of the customer, and the bound it crossed."""

    metric: str
    value: float | None
    threshold: float | None
    unit: str
    rows: int
    says: str


class SignalOut(Schema):
    """Something about a customer that deserves attention."""

    customer_id: str
    kind: str
    label: str
    seen_on: str
    severity: str
    says: str
    evidence: list[Evidence]
    advice: str


class Signals(Made, Page[SignalOut]):
    """Signals, the gravest first; `total` counts them all, of which the first 500 can be read."""

    total: int
    cutoff: str
    cards: list[dict[str, Any]] = Field(description="How well each kind told leavers from others in the past.")
    notes: list[str]


class SignalQuestion(Asked):
    """Which signals: of the last days, of one kind or of all."""

    kind: str | None = Field(None, max_length=60)
    within_days: int = Field(30, ge=1, le=366)


@router.get("/signals", response={200: Signals, 202: Pending}, tags=["Predictions"], summary="Signals")
@needs(Can.SEE_CUSTOMERS)
def list_signals(request: HttpRequest, asked: Query[SignalQuestion], response: HttpResponse) -> Any:
    """What deserves attention now, with its evidence and how well each kind has served."""

    def show(kept: programs.Kept) -> dict[str, Any]:
        data = kept.data
        page = page_of_list(data["signals"], asked, key=lambda each: f"{each['customer_id']} {each['kind']}")
        rest = {name: data[name] for name in ("total", "cutoff", "cards", "notes")}
        return {**page, **rest, "made_at": kept.made_at, "stale": kept.stale}

    question = {"kind": asked.kind, "within_days": asked.within_days}
    return kept_or_job(request, response, "signals", question, show=show, apart=f"{asked.limit} {asked.cursor}")


class AtRisk(Schema):
    """One customer who may leave: the chance and the value, each with its interval, and the reasons."""

    customer_id: str
    leaving: float
    leaving_low: float | None
    leaving_high: float | None
    value: float | None
    value_low: float | None
    value_high: float | None
    currency: str | None
    value_at_risk: float | None
    reasons_to_leave: list[str]
    reasons_to_stay: list[str]
    next_step: str
    when: str | None


class RiskOut(Made, Page[AtRisk]):
    """Who may leave, the most at risk first; the first 500 can be read."""

    as_of: str
    horizon_days: int
    customers: int
    presence: str
    expected_leavers: dict[str, float | None]
    value_at_risk: float | None
    currency: str | None
    without_value: int


class Horizon(Schema):
    """How many days ahead."""

    horizon_days: int = Field(90, ge=7, le=366)


class RiskQuestion(Asked, Horizon):
    """How many days ahead, and which part of the list."""


@router.get(
    "/predictions/leaving", response={200: RiskOut, 202: Pending}, tags=["Predictions"], summary="Who may leave"
)
@needs(Can.SEE_CUSTOMERS)
def list_leaving(request: HttpRequest, asked: Query[RiskQuestion], response: HttpResponse) -> Any:
    """Customers by value at risk, each with an interval, reasons and a next step."""

    def show(kept: programs.Kept) -> dict[str, Any]:
        data = dict(kept.data)
        page = page_of_list(data.pop("list"), asked, key=lambda each: str(each["customer_id"]))
        return {**page, **data, "made_at": kept.made_at, "stale": kept.stale}

    question = {"horizon_days": asked.horizon_days}
    return kept_or_job(request, response, "leaving", question, show=show, apart=f"{asked.limit} {asked.cursor}")


@router.get(
    "/predictions/record", response={200: Answer, 202: Pending}, tags=["Predictions"], summary="What came of them"
)
@needs(Can.SEE_FIGURES)
def prediction_record(request: HttpRequest, asked: Query[Horizon], response: HttpResponse) -> Any:
    """How the predictions that were kept have fared: how many left, of those it was said of."""
    return kept_or_job(request, response, "record", asked.model_dump(), show=answer_of)

"""Addresses of jobs for programs: where a piece of work stands, and asking for it once more."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import KINDS
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.paging import Page, Part, page_of
from okaeri.web.core.people import audit
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs

router = Router()


class JobOut(Schema):
    """A piece of work; `progress` is in 0..1, `what` and `advice` say why it came to nothing."""

    id: UUID
    kind: str
    title: str
    state: str = Field(description="queued, running, done, failed or cancelled")
    progress: float
    attempts: int
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    what: str
    advice: str


def _job(found: Job) -> dict[str, Any]:
    fields = ("id", "kind", "state", "progress", "attempts", "asked_at", "started_at", "ended_at")
    kind = KINDS.get(found.kind)
    return {
        **{name: getattr(found, name) for name in fields},
        "title": str(kind.title) if kind else found.kind,
        "what": _words(found.what),
        "advice": _words(found.advice),
    }


def _words(kept: dict[str, Any] | None) -> str:
    """A sentence that was kept for any language."""
    from okaeri.predictions.churn.words import text_from_data  # only where something went wrong

    return str(text_from_data(kept)) if kept else ""


@router.get("/jobs", response=Page[JobOut], tags=["Jobs"], summary="Jobs")
@needs(Can.SEE_FIGURES)
def list_jobs(
    request: HttpRequest,
    part: Part,
    state: Annotated[Literal["queued", "running", "done", "failed", "cancelled"] | None, Query()] = None,
) -> Any:
    """The work behind the pages, the newest first."""
    found = Job.objects.filter(state=state) if state else Job.objects.all()
    return page_of(found, part, by=("-asked_at", "-id"), show=_job)


@router.get("/jobs/{uuid:job_id}", response=JobOut, tags=["Jobs"], summary="One job")
@needs(Can.SEE_FIGURES)
def get_job(request: HttpRequest, job_id: UUID) -> Any:
    """Where one job stands."""
    return _job(_find(job_id))


@router.post("/jobs/{uuid:job_id}/retry", response={202: JobOut}, tags=["Jobs"], summary="Ask for a job again")
@needs(Can.BRING_FACTS)
def retry_job(request: HttpRequest, job_id: UUID) -> Any:
    """Ask once more for work that came to nothing; the answer is the job that waits now."""
    found = _find(job_id)
    if found.state not in (JobState.FAILED, JobState.CANCELLED) or found.kind not in KINDS:
        raise OkaeriError(
            _("Only a job that came to nothing can be asked for again."), advice=_("Look at its state first.")
        )
    now = timezone.now()
    with transaction.atomic():
        audit.record(asked_by(request), "job.retried", about=found.kind, at=now)
        made = enqueue(found.kind, now=now, key=found.key, asked_by=asked_by(request), **found.arguments)
    return Status(202, _job(made))


def _find(job_id: UUID) -> Job:
    found = Job.objects.filter(pk=job_id).first()
    if found is None:
        raise Http404
    return found

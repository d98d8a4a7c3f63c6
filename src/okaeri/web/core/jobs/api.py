"""Addresses of jobs for programs: where a piece of work stands, and asking for it once more."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from okaeri.web.core.jobs import services
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.queries import job_seen
from okaeri.web.core.paging import Page, Part, page_of
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
    seen = job_seen(found)
    fields = ("state", "progress", "attempts", "asked_at", "started_at", "ended_at")
    words = {name: str(getattr(seen, name) or "") for name in ("title", "what", "advice")}
    return {**{name: getattr(seen, name) for name in fields}, **words, "id": found.pk, "kind": found.kind}


@router.get("/jobs", response=Page[JobOut], tags=["Jobs"], summary="Jobs")
@needs(Can.SEE_FIGURES)
def list_jobs(
    request: HttpRequest,
    part: Part,
    state: Annotated[Literal["queued", "running", "done", "failed", "cancelled"] | None, Query()] = None,
) -> Any:
    """The work behind the pages, the newest first."""
    found = Job.objects.filter(state=state) if state else Job.objects.all()
    return page_of(found.select_related("asked_by"), part, by=("-asked_at", "-id"), show=_job)


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
    return Status(202, _job(services.retry(str(found.pk), by=asked_by(request), now=timezone.now())))


def _find(job_id: UUID) -> Job:
    found = Job.objects.select_related("asked_by").filter(pk=job_id).first()
    if found is None:
        raise Http404
    return found

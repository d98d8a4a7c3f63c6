"""The pages of this room: what is being done, what became of it, and what comes round."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.jobs import queries, services
from okaeri.web.core.jobs.models import Job, Schedule
from okaeri.web.core.jobs.schedules import reschedule
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs


@needs(Can.BRING_FACTS)
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Everything at a glance; asked for by a script, the list alone."""
    words = {
        "under_way": queries.under_way(),
        "ended": queries.ended(),
        "schedules": queries.schedules(),
        "may_arrange": asked_by(request).can(Can.MANAGE),
    }
    is_part = getattr(request, "htmx", None) and request.htmx.target == "jobs-now"  # type: ignore[attr-defined]  # middleware
    return render(request, "jobs/list.html" if is_part else "jobs/front.html", words)


@needs(Can.BRING_FACTS)
@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Call off a job that waits."""
    services.cancel(str(job_id), by=asked_by(request), now=timezone.now())
    return redirect("jobs")


@needs(Can.BRING_FACTS)
@require_POST
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Try a job again."""
    try:
        services.retry(str(job_id), by=asked_by(request), now=timezone.now())
    except Job.DoesNotExist:
        raise Http404 from None
    return redirect("jobs")


@needs(Can.MANAGE)
@require_POST
def change(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Change when work comes round."""
    try:
        reschedule(
            schedule_id,
            is_on="is_on" in request.POST,
            every_minutes=_minutes(request.POST.get("every_minutes", "")),
            at_time=request.POST.get("at_time", "").strip(),
            by=asked_by(request),
            now=timezone.now(),
        )
    except Schedule.DoesNotExist:
        raise Http404 from None
    return redirect("jobs")


def _minutes(written: str) -> int | None:
    if not written.strip():
        return None
    if not written.strip().isdecimal() or len(written.strip()) > 6 or int(written) > 525_600:
        raise OkaeriError(
            _("{written!r} is no number of minutes.").format(written=written[:20]),
            advice=_("Write a whole number, up to a year."),
        )
    return int(written)

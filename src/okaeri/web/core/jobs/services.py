"""What people do with jobs: call one off, or try one again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import owed_kinds
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User


@transaction.atomic
def cancel(job_id: str, *, by: User, now: datetime) -> None:
    """Call off a job that waits; raises `OkaeriError` when it has begun or ended, or is owed to somebody."""
    if Job.objects.filter(pk=job_id, kind__in=owed_kinds()).exists():
        raise OkaeriError(
            _("This work cannot be called off."), advice=_("Somebody has a right to it; it is done in its turn.")
        )
    called_off = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(state=JobState.CANCELLED, ended_at=now)
    if not called_off:
        raise OkaeriError(
            _("This work no longer waits."), advice=_("What has begun is finished; see below how it ended.")
        )
    audit.record(by, "job.cancelled", about=job_id, at=now)


@transaction.atomic
def retry(job_id: str, *, by: User, now: datetime) -> Job:
    """Ask again for work that failed or was called off; raises `OkaeriError` for any other."""
    found = Job.objects.get(pk=job_id)
    if found.state not in (JobState.FAILED, JobState.CANCELLED):
        raise OkaeriError(
            _("Only work that did not end well is tried again."), advice=_("See the list for how it stands now.")
        )
    audit.record(by, "job.retried", about=job_id, at=now, kind=found.kind)
    return enqueue(found.kind, now=now, key=found.key, asked_by=by, **found.arguments)

"""What is asked about jobs: those under way, those that ended, and what comes round."""

from __future__ import annotations

from typing import Any

from okaeri.base.text import Text, _
from okaeri.web.core.jobs.contracts import JobSeen, ScheduleSeen
from okaeri.web.core.jobs.kinds import KINDS, owed_kinds
from okaeri.web.core.jobs.models import Job, JobState, Schedule

SHOWN = 30
STATE_NAMES: dict[JobState, Text] = {
    JobState.QUEUED: _("Waiting"),
    JobState.RUNNING: _("Under way"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Did not work"),
    JobState.CANCELLED: _("Called off"),
}


def under_way() -> list[JobSeen]:
    """Jobs that run or wait, those that run first, then in the order of their turns."""
    found = Job.objects.filter(state__in=(JobState.RUNNING, JobState.QUEUED)).select_related("asked_by")
    return [job_seen(each) for each in found.order_by("-state", "patient", "due_at")[:SHOWN]]


def ended() -> list[JobSeen]:
    """The jobs that ended last."""
    found = Job.objects.exclude(state__in=(JobState.RUNNING, JobState.QUEUED)).select_related("asked_by")
    return [job_seen(each) for each in found.order_by("-ended_at")[:SHOWN]]


def schedules() -> list[ScheduleSeen]:
    """What comes round."""
    return [
        ScheduleSeen(
            id=each.pk,
            title=title_of(each.kind),
            every_minutes=each.every_minutes,
            at_time=each.at_time,
            is_on=each.is_on,
            next_at=each.next_at,
            last_at=each.last_at,
        )
        for each in Schedule.objects.all()
    ]


def job_seen(job: Job) -> JobSeen:
    """A job as it is told to a page."""
    state = JobState(job.state)
    return JobSeen(
        id=str(job.pk),
        title=title_of(job.kind),
        state=state.value,
        state_name=STATE_NAMES[state],
        progress=job.progress,
        what=_words(job.what),
        advice=_words(job.advice),
        attempts=job.attempts,
        asked_by=str(job.asked_by) if job.asked_by else "",
        asked_at=job.asked_at,
        due_at=job.due_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
        may_cancel=state is JobState.QUEUED and job.kind not in owed_kinds(),
    )


def title_of(kind: str) -> Text | str:
    """What a kind of job is called; its code where the version that knew it is gone."""
    return KINDS[kind].title if kind in KINDS else kind


def _words(data: Any) -> Text | None:
    if not data:
        return None
    from okaeri.predictions.churn.words import text_from_data  # only where something went wrong

    return text_from_data(data)

"""Asking for work, and doing it: queued in the caller's transaction, run by a worker, retried when it broke."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import kind_of
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.people.models import User

log = logging.getLogger("okaeri.jobs")
Clock = Callable[[], datetime]


def enqueue(kind: str, *, now: datetime, key: str | None = None, asked_by: User | None = None, **arguments: Any) -> Job:
    """Ask for a job once the transaction is through; the same `key` waits only once. `arguments` are JSON-ready."""
    kind_of(kind)
    unique = key or f"{kind}:{sorted(arguments.items())}"
    try:
        with transaction.atomic():
            made = Job.objects.create(kind=kind, key=unique[:200], arguments=arguments, asked_by=asked_by, asked_at=now)
            _hand_over(made)
    except IntegrityError:
        return Job.objects.get(key=unique[:200], state=JobState.QUEUED)
    return made


def _hand_over(made: Job) -> None:
    from django_q.tasks import async_task  # heavy: only where work is asked for

    # in the caller's transaction: the broker's table lies in the same store
    async_task("okaeri.web.core.jobs.running.run", str(made.pk), task_name=made.kind)


def run(job_id: str, *, clock: Clock = lambda: datetime.now(UTC)) -> Any:
    """Do one job that waits, or that a worker left half done; a job that is done already is left alone."""
    begun = Job.objects.filter(pk=job_id, state__in=(JobState.QUEUED, JobState.RUNNING)).update(
        state=JobState.RUNNING, started_at=clock(), progress=0, attempts=F("attempts") + 1
    )
    if not begun:
        return None
    found = Job.objects.get(pk=job_id)
    try:
        result = kind_of(found.kind).work(found.arguments, lambda share: _tell(job_id, share))
    except OkaeriError as error:
        _end(job_id, JobState.FAILED, at=clock(), what=str(error.what), advice=str(error.advice))
        return None
    except Exception:
        log.exception("A job of kind %s broke.", found.kind)
        what = _("Something broke on our side while this was done.")
        _end(job_id, JobState.FAILED, at=clock(), what=what.message, advice=_("Try it again.").message)
        return None
    _end(job_id, JobState.DONE, at=clock(), result=result, progress=1.0)
    return None


def _tell(job_id: str, share: float) -> None:
    Job.objects.filter(pk=job_id).update(progress=max(0.0, min(1.0, share)))


def _end(job_id: str, state: JobState, *, at: datetime, **fields: Any) -> None:
    Job.objects.filter(pk=job_id).update(state=state, ended_at=at, **fields)

"""Asking for work, and doing it: queued in the caller's transaction, done by a worker, begun again when it broke."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.web.core.jobs.kinds import Kind, kind_of
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.news import tell
from okaeri.web.core.people.models import User

log = logging.getLogger("okaeri.jobs")
Clock = Callable[[], datetime]
PAUSES = (timedelta(seconds=15), timedelta(minutes=2))
"""How long a job waits after its first attempt broke, and after each later one."""
LOST_AFTER = timedelta(seconds=20)
"""A running job that its worker has not been seen at for this long was left behind."""


def enqueue(kind: str, *, now: datetime, key: str | None = None, asked_by: User | None = None, **arguments: Any) -> Job:
    """Ask for a job once the transaction is through; the same `key` waits only once. `arguments` are JSON-ready."""
    unique = _bounded(key or f"{kind}:{sorted(arguments.items())}")
    patient = kind_of(kind).patient
    while True:
        try:
            with transaction.atomic():
                return Job.objects.create(
                    kind=kind,
                    key=unique,
                    arguments=arguments,
                    patient=patient,
                    asked_by=asked_by,
                    asked_at=now,
                    due_at=now,
                )
        except IntegrityError:
            waiting = _waiting(unique)
        if waiting:
            return waiting


def _bounded(key: str) -> str:
    """A key that fits its column; of two long ones that begin alike each stays its own."""
    return key if len(key) <= 200 else f"{key[:150]}:{hashlib.blake2b(key.encode(), digest_size=20).hexdigest()}"


def _waiting(key: str) -> Job | None:
    """The job that waits, kept waiting until the caller's transaction is through: it must see what the caller wrote."""
    with transaction.atomic():
        return Job.objects.select_for_update().filter(key=key, state=JobState.QUEUED).first()


def run(job_id: str, *, clock: Clock = lambda: datetime.now(UTC)) -> None:
    """Do one job that waits; a job that is done, cancelled or in other hands is left alone."""
    attempt = begin(job_id, now=clock())
    if attempt is not None:
        work(job_id, attempt=attempt, clock=clock)


def begin(job_id: str, *, now: datetime) -> int | None:
    """Claim a job that waits; returns which attempt this is, None when it no longer waits."""
    begun = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING, started_at=now, seen_at=now, progress=0, attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id).attempts if begun else None


def work(job_id: str, *, attempt: int, clock: Clock = lambda: datetime.now(UTC)) -> None:
    """Do a job that was begun, and write down what became of it."""
    found = Job.objects.get(pk=job_id)
    mine = Job.objects.filter(pk=job_id, state=JobState.RUNNING, attempts=attempt)

    def tell(share: float) -> None:
        mine.update(progress=max(0.0, min(1.0, share)), seen_at=clock())

    try:
        result = kind_of(found.kind).work(found.arguments, tell)
    except OkaeriError as error:  # it would say the same again
        _give_up(found, now=clock(), what=error.what, advice=error.advice)
    except Exception:
        log.exception("A job of kind %s broke.", found.kind)
        put_back(found, now=clock(), what=_("Something broke on our side while this was done."))
    else:
        mine.update(state=JobState.DONE, ended_at=clock(), result=result, progress=1.0, what=None, advice=None)


def put_back(found: Job, *, now: datetime, what: Text) -> None:
    """Let a job that did not end wait for its next attempt, or end it where it has had them all."""
    mine = Job.objects.filter(pk=found.pk, state=JobState.RUNNING, attempts=found.attempts)
    if found.attempts >= _tries(found.kind):
        advice = _("Try it again; if it stays, the log of the server says more.")
        _give_up(found, now=now, what=what, advice=advice)
        return
    pause = PAUSES[min(found.attempts, len(PAUSES)) - 1]
    try:
        with transaction.atomic():
            mine.update(state=JobState.QUEUED, due_at=now + pause, progress=0, what=as_data(what), advice=None)
    except IntegrityError:  # the same work was asked for meanwhile and will be done anyway
        again = _("The same work waits already.")
        mine.update(state=JobState.CANCELLED, ended_at=now, what=as_data(again), advice=None)


@transaction.atomic
def _give_up(found: Job, *, now: datetime, what: Text | str, advice: Text | str) -> None:
    """End a job of this attempt as failed, and say so to whoever listens."""
    mine = Job.objects.filter(pk=found.pk, state=JobState.RUNNING, attempts=found.attempts)
    if mine.update(state=JobState.FAILED, ended_at=now, what=as_data(what), advice=as_data(advice)):
        news = {"job": str(found.pk), "kind": found.kind, "what": str(what), "advice": str(advice)}
        tell("job.failed", news, now=now)


def _tries(kind: str) -> int:
    try:
        known: Kind = kind_of(kind)
    except OkaeriError:
        return 1
    return known.tries


def seen(job_id: str, *, attempt: int, now: datetime) -> bool:
    """Say that the worker is still at it; whether the job is still its own."""
    return bool(Job.objects.filter(pk=job_id, state=JobState.RUNNING, attempts=attempt).update(seen_at=now))


def gather_lost(*, now: datetime) -> int:
    """Put back the jobs whose worker was killed; returns how many there were."""
    lost = list(Job.objects.filter(state=JobState.RUNNING, seen_at__lt=now - LOST_AFTER))
    for each in lost:
        put_back(each, now=now, what=_("The worker was stopped in the middle of this."))
    return len(lost)


def next_due(*, now: datetime) -> Job | None:
    """The job whose turn it is: what somebody may be waiting for before what is patient, the oldest first."""
    due = Job.objects.filter(state=JobState.QUEUED, due_at__lte=now).order_by("patient", "due_at", "asked_at")
    return due.first()


def as_data(words: Text | str) -> dict[str, Any]:
    """A sentence as it is kept, so that everybody reads it in their own language."""
    from okaeri.predictions.churn.words import text_as_data  # only where something went wrong

    return text_as_data(words) if isinstance(words, Text) else {"message": str(words), "values": {}}

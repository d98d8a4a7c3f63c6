"""Who brings waiting events into the lake, and who hears of it: jobs, each asked for once however much arrives."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from okaeri.web.core.events.models import Delivery
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import enqueue

FLUSH, TELL = "flush_events", "tell_of_events"
BETWEEN_TELLING = timedelta(minutes=5)


def wake(*, now: datetime) -> None:
    """Have the outbox flushed; one that waits already will see what has just been committed."""
    if not Job.objects.filter(key=FLUSH, state=JobState.QUEUED).exists():
        enqueue(FLUSH, now=now, key=FLUSH)


def wake_if_waiting(*, now: datetime) -> None:
    """As `wake`, when there is something in the outbox."""
    if Delivery.objects.exists():
        wake(now=now)


def tell_soon(*, now: datetime) -> None:
    """Have it said that facts have landed: at once after a quiet time, else five minutes after it was last said."""
    with transaction.atomic():
        if Job.objects.filter(key=TELL, state=JobState.QUEUED).exists():
            return
        asked = enqueue(TELL, now=now, key=TELL)
        last = Job.objects.filter(kind=TELL, state=JobState.DONE).order_by("-ended_at").first()
        if last and last.ended_at and last.ended_at + BETWEEN_TELLING > now:
            Job.objects.filter(pk=asked.pk).update(due_at=last.ended_at + BETWEEN_TELLING)

"""Work of this room behind the pages, and what it tells webhooks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from okaeri.base.text import _
from okaeri.web.core.api.delivering import deliver_due, forget_settled, next_due
from okaeri.web.core.api.webhooks import KIND, emit
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.jobs.schedules import recurring
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.news import happened


def _now() -> datetime:
    return datetime.now(UTC)


@job(KIND, title=_("Sending messages to webhooks"))
def deliver(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Send what is due, and come back when the next message is; with `tidy` true, forget what is long settled too."""
    arrived = deliver_due(clock=_now)
    if arguments.get("tidy"):
        forget_settled(now=_now())
    if due := next_due():
        come_back(max(due, _now()), now=_now())  # work that was asked for meanwhile goes first
    return arrived


@transaction.atomic
def come_back(at: datetime, *, now: datetime) -> Job:
    """Have messages sent at a later moment; only the nearest one waits."""
    later = enqueue(KIND, now=now, key=f"{KIND}:later")
    Job.objects.filter(pk=later.pk, state=JobState.QUEUED).update(due_at=at)
    return later


def tell_of_facts(now: datetime, tables: Sequence[str], **news: Any) -> None:
    """Facts have landed: webhooks that listen are told."""
    emit("facts.landed", {"tables": sorted(tables)}, now=now)


def pass_on(event: str, payload: Mapping[str, Any], now: datetime, **news: Any) -> None:
    """Something happened in another room: webhooks that listen are told."""
    if payload.get("kind") != KIND:  # that messages cannot be sent is nothing a message could tell
        emit(event, payload, now=now)


# messages whose job broke too often
recurring("webhooks", kind=KIND, every_minutes=30, tidy=True)
facts_landed.connect(tell_of_facts, dispatch_uid="api")
happened.connect(pass_on, dispatch_uid="api")

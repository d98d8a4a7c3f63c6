"""What pages ask to be done: measuring a question nobody has asked yet, or everything anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from okaeri.targets import Target, remove_targets, set_target
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import workspace
from okaeri.web.insights.measuring import facts_state
from okaeri.web.insights.models import Reading
from okaeri.web.insights.questions import Question

_UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
_GIVEN_UP_AFTER = timedelta(hours=1)  # a worker that died leaves its job running


def want(question: Question, *, now: datetime, asked_by: User | None = None) -> Job | None:
    """See that a question gets answered in every language; None when the kept answer is of the facts as they are.

    Asking again while the answer is on its way changes nothing.
    """
    if Reading.objects.filter(name=question.name, state=facts_state()).exists():
        return None
    under_way = Job.objects.filter(key=question.name, state__in=_UNDER_WAY, asked_at__gt=now - _GIVEN_UP_AFTER)
    if found := under_way.first():
        return found
    return enqueue("answer", now=now, key=question.name, asked_by=asked_by, question=question.as_query())


@transaction.atomic
def measure_now(*, asked_by: User, now: datetime) -> Job:
    """Measure every page anew."""
    audit.record(asked_by, "pages.measured", at=now)
    return enqueue("measure_pages", now=now, key="measure_pages", asked_by=asked_by)


@transaction.atomic
def set_one_target(target: Target, *, asked_by: User, now: datetime) -> None:
    """Write a target into the workspace's settings, in the place of one with the same key, and judge it."""
    audit.record(asked_by, "target.set", about=target.metric, at=now, target=target.as_entry())
    enqueue("judge_targets", now=now, key="judge_targets")
    set_target(workspace(), target)


@transaction.atomic
def remove_target(key: Mapping[str, str], *, asked_by: User, now: datetime) -> None:
    """Remove the target with this key; raises `OkaeriError` when there is none."""
    said = {name: key.get(name, "") for name in ("by", "segment", "currency", "department")}
    gone = remove_targets(workspace(), key.get("metric", ""), **said)
    audit.record(asked_by, "target.removed", about=key.get("metric", ""), at=now, targets=[t.as_entry() for t in gone])
    enqueue("judge_targets", now=now, key="judge_targets")

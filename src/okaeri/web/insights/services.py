"""What pages ask to be done: measuring a question nobody has asked yet, or everything anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from okaeri.base.text import LANGUAGES, current_language
from okaeri.targets import Target, remove_targets, set_target
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import asking, workspace
from okaeri.web.insights.layouts import Layout
from okaeri.web.insights.measuring import facts_state
from okaeri.web.insights.models import Reading
from okaeri.web.insights.questions import Question

_UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


def want(asked: Question | Layout, *, now: datetime, asked_by: User | None = None) -> Job | None:
    """See that something gets measured in every language; None when what is kept is of the facts as they are.

    Asking again while it is on its way changes nothing.
    """
    if Reading.objects.filter(name=asked.name, state=facts_state()).count() == len(LANGUAGES):
        return None
    if found := Job.objects.filter(key=asked.name, state__in=_UNDER_WAY).first():
        return found
    if isinstance(asked, Layout):
        layout = {"part": asked.part, **asked.as_query()}
        return enqueue("lay_out", now=now, key=asked.name, asked_by=asked_by, layout=layout, first=current_language())
    return enqueue("answer", now=now, key=asked.name, asked_by=asked_by, question=asked.as_query())


@transaction.atomic
def measure_now(*, asked_by: User, now: datetime) -> Job:
    """Measure every page anew."""
    audit.record(asked_by, "pages.measured", at=now)
    return enqueue("measure_pages", now=now, key="measure_pages", asked_by=asked_by)


@transaction.atomic
def foretell_now(*, asked_by: User, now: datetime) -> Job:
    """Learn anew who may leave and what customers are worth."""
    audit.record(asked_by, "predictions.made", at=now)
    return enqueue("predict", now=now, key="predict", asked_by=asked_by)


def foretell_first(*, now: datetime) -> None:
    """Have predictions made as soon as there are figures: a shop's first day does not wait for the night."""
    if Job.objects.filter(kind="predict").exists():
        return
    with asking() as shop:
        tables = shop.tables()
    if tables.get("orders") and not tables.get("scores"):
        enqueue("predict", now=now, key="predict")


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

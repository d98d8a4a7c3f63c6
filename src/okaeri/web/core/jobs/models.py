"""Work behind the pages from the moment it was asked for, and what is asked for again and again."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(models.Model):
    """A job of a registered kind; `key` keeps the same work from waiting twice, `progress` is in 0..1.

    `attempts` is also the worker's claim: whoever began an earlier attempt has no say any more. While it runs, the
    worker renews `seen_at`; a job that has not been seen for long was left behind.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    patient = models.BooleanField(default=False)
    progress = models.FloatField(default=0)
    result = models.JSONField(null=True)
    what = models.JSONField(null=True)  # what went wrong, and
    advice = models.JSONField(null=True)  # what helps: sentences, kept for any language
    attempts = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first; of the same work one waits at most."""

        ordering: ClassVar[list[str]] = ["-asked_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(state="queued"), name="the_same_work_waits_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "patient", "due_at"], name="jobs_in_their_turn"),
            models.Index(fields=["-asked_at"], name="jobs_the_newest_first"),
        ]


class Schedule(models.Model):
    """Work that is asked for again and again: every so many minutes, or each day at a local time ("03:30")."""

    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    every_minutes = models.PositiveIntegerField(null=True)
    at_time = models.CharField(max_length=5, blank=True, default="")
    is_on = models.BooleanField(default=True)
    next_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        """By name."""

        ordering: ClassVar[list[str]] = ["name"]

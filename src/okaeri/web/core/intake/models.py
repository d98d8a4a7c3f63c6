"""What this room keeps: files that people brought, and connections that bring facts by themselves."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class Upload(models.Model):
    """One file from a browser. It lies under a name of our own making; `called` is only ever shown.

    `summary` is what the import said; `trouble` what stood in its way, as sentences kept for any language.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    called = models.CharField(max_length=200)
    size = models.BigIntegerField()
    table = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(default=dict)
    date_order = models.CharField(max_length=3, blank=True)
    as_export = models.BooleanField(default=True)
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    summary = models.JSONField(null=True)
    trouble = models.JSONField(null=True)
    quarantine = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-at"]


class Connection(models.Model):
    """A place that facts are fetched from. `secret` is encrypted; nothing shows it again."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)
    place = models.JSONField(default=dict)
    secret = models.TextField(blank=True)
    table = models.CharField(max_length=40)
    mapping = models.JSONField(default=dict)
    date_order = models.CharField(max_length=3, blank=True)
    every = models.CharField(max_length=10, blank=True)
    at_time = models.CharField(max_length=5, blank=True)
    weekday = models.PositiveSmallIntegerField(default=0)
    next_sync_at = models.DateTimeField(null=True, db_index=True)
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    last_at = models.DateTimeField(null=True)
    summary = models.JSONField(null=True)
    trouble = models.JSONField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        """By name."""

        ordering: ClassVar[list[str]] = ["name"]

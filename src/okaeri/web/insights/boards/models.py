"""What people make of the figures: views they saved, dashboards, notes on days, links for others, mails and alerts."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


def _person(*, gone: Any = models.CASCADE, **more: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=gone, related_name="+", **more)


class SavedView(models.Model):
    """A page as somebody had set it: its path with what follows the question mark."""

    owner = _person()
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=500)
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        """By name."""

        ordering: ClassVar[list[str]] = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Dashboard(models.Model):
    """A page that somebody put together; everybody who sees figures may open one that is `shared`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = _person()
    title = models.CharField(max_length=80)
    shared = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        """By title."""

        ordering: ClassVar[list[str]] = ["title", "made_at"]

    def __str__(self) -> str:
        return self.title


class Tile(models.Model):
    """One figure of a dashboard: `question` is what `Question.as_query` gives."""

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="tiles")
    place = models.PositiveIntegerField()
    question = models.JSONField()
    wide = models.BooleanField(default=False)

    class Meta:
        """In the order of the page."""

        ordering: ClassVar[list[str]] = ["place", "id"]

    def __str__(self) -> str:
        return f"{self.dashboard.title}: {self.question.get('metric', '')}"


class Share(models.Model):
    """A link for people without an account: to one dashboard, in one language, until it ends or is taken back."""

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="shares")
    digest = models.CharField(max_length=64, unique=True)  # the link itself is shown once and not kept
    hint = models.CharField(max_length=8)
    language = models.CharField(max_length=5)
    made_by = _person()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made_at"]


class Annotation(models.Model):
    """What somebody knows about a day; it is marked on every chart over time."""

    day = models.DateField()
    words = models.CharField(max_length=120)
    author = _person(gone=models.SET_NULL, null=True)
    made_at = models.DateTimeField()

    class Meta:
        """The latest day first."""

        ordering: ClassVar[list[str]] = ["-day", "-id"]

    def __str__(self) -> str:
        return f"{self.day}: {self.words}"


class MailPlan(models.Model):
    """A report that goes out by itself; `next_at` is taken forward by whoever sends it, so that it goes once.

    `reached` holds which addresses were written to at the latest turn, so that another attempt leaves them out;
    `trouble` is the sentence that says why the latest attempt broke.
    """

    class Every(models.TextChoices):
        """How often."""

        DAY = "day"
        WEEK = "week"
        MONTH = "month"

    owner = _person()
    addresses = models.JSONField()
    language = models.CharField(max_length=5)
    every = models.CharField(max_length=5, choices=Every.choices)
    hour = models.PositiveSmallIntegerField(default=8)
    next_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    reached = models.JSONField(default=dict)
    trouble = models.JSONField(null=True)

    class Meta:
        """The next one first."""

        ordering: ClassVar[list[str]] = ["next_at", "id"]

    def __str__(self) -> str:
        return f"{self.every}, {self.hour:02d}:00"


class Alert(models.Model):
    """A figure that is watched; `worse` −1 or +1 listens to one direction, 0 to both."""

    owner = _person()
    question = models.JSONField()
    false_alarms_per_year = models.FloatField()
    worse = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    verdict = models.JSONField(null=True)

    class Meta:
        """The oldest first."""

        ordering: ClassVar[list[str]] = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.question.get('metric', '')}, {self.question.get('by', '')}"


class Ring(models.Model):
    """One time an alert rang: once for a period, however often it is looked at; `mailed_at` when its mail went out."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="rings")
    period = models.CharField(max_length=40)
    at = models.DateTimeField()
    told = models.JSONField()
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first; one for a period."""

        ordering: ClassVar[list[str]] = ["-at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "period"], name="an_alert_rings_once_for_a_period")
        ]

"""What this room keeps: sources with their keys, the outbox, what was refused, and who an anonymous visitor became."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Source(models.Model):
    """One place that sends events: a shop, an app, a server; `heard_at` is when its last messages reached the lake."""

    name = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        """By name."""

        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class WriteKey(models.Model):
    """A key of a source: only its SHA-256 and its first letters are kept; it works until `ends_at`."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made_at", "-id"]


class Delivery(models.Model):
    """What one request brought, until it is in the lake: `body` is a JSON list of the messages that were accepted,
    and `letters` its length.

    One row per request, not per message: the price of a commit is then paid once for a hundred messages.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    messages = models.PositiveIntegerField()
    letters = models.PositiveIntegerField()
    body = models.TextField()


class Refused(models.Model):
    """A message that could not be used: `code` and `values` say why, as a sentence in the reader's language."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=20, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    code = models.CharField(max_length=30)
    values = models.JSONField(default=dict)
    message = models.TextField()

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-received_at", "-id"]


class Recent(models.Model):
    """The last messages that reached the lake, for whoever looks whether events arrive; older ones go."""

    source_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    customer_id = models.CharField(max_length=300)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-id"]


class Visitor(models.Model):
    """Somebody without a user id; once `customer_id` is known, everything of theirs belongs to that customer.

    `traits` are what they told of themselves until then: name → [when, value].
    """

    anonymous_id = models.CharField(max_length=255, unique=True)
    customer_id = models.CharField(max_length=255, blank=True)
    linked_at = models.DateTimeField(null=True)
    traits = models.JSONField(default=dict)


class Told(models.Model):
    """When each attribute of a customer was last told: a late message must not undo what a newer one said."""

    customer_id = models.CharField(max_length=255, unique=True)
    times = models.JSONField(default=dict)

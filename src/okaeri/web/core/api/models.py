"""What this room keeps: tokens, answers that may be asked for again, webhooks and what was sent to them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models

from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can


class Token(models.Model):
    """A key for programs; only the hash of its secret is kept, and it never opens more than its maker's role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    maker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def permissions(self) -> frozenset[Can]:
        """What it opens now: its scopes, as far as its maker's role still allows them."""
        said = {each.value: each for each in Can}
        return frozenset(said[word] for word in self.scopes if word in said and self.maker.can(said[word]))

    def works(self, now: datetime) -> bool:
        """Whether it opens anything at a moment."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not expired and self.maker.is_active


class Answered(models.Model):
    """The answer to a request with an idempotency key: the same request again gets the same answer."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    body = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """One answer per token and key."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_token_and_key")
        ]


class Webhook(models.Model):
    """An address that is told what happens; its secret is derived from the application's, and kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    maker = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    turn = models.PositiveIntegerField(default=1)  # of the secret
    made_at = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """One message to one webhook, written in the transaction it tells of; `message` stays the same over all tries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message = models.CharField(max_length=60)
    event = models.CharField(max_length=60)
    payload = models.JSONField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)  # how the answer began, or why there was none

    class Meta:
        """The newest first; what is due is looked up often."""

        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "next_at"], name="what_is_due")]

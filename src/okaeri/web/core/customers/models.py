"""Who the customers are as the shop's people know them, and what these people wrote about them."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from okaeri.web.core.customers.kinds.channels import Channel, ConsentState


def new_public_id() -> str:
    """An id that tells nothing and cannot be guessed, for addresses of pages."""
    return secrets.token_urlsafe(9)


class Customer(models.Model):
    """One customer of the lake, or several that were merged into this one; the rest is copied from the facts.

    `name_key`, `initials` and `search` are folded for searching; `fingerprint` tells whether the facts changed.
    `at_risk` is the chance of leaving times the value expected within a year, as it was last kept.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer_id = models.CharField(max_length=200, unique=True)
    id_key = models.CharField(max_length=200, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=600, blank=True, db_index=True)
    initials = models.CharField(max_length=100, blank=True, db_index=True)
    email = models.CharField(max_length=254, blank=True, db_index=True)
    phone = models.CharField(max_length=40, blank=True, db_index=True)
    search = models.CharField(max_length=800, blank=True)
    joined_at = models.DateTimeField(null=True)
    attributes = models.JSONField(default=dict)
    lifecycle = models.CharField(max_length=60, blank=True)
    rfm = models.CharField(max_length=60, blank=True)
    value_risk = models.CharField(max_length=60, blank=True)
    orders = models.PositiveIntegerField(default=0)
    last_order_day = models.DateField(null=True)
    leaving = models.FloatField(null=True)
    leaving_low = models.FloatField(null=True)
    leaving_high = models.FloatField(null=True)
    at_risk = models.FloatField(null=True)
    currency = models.CharField(max_length=10, blank=True)
    said_of = models.DateField(null=True)  # the day the chance and the value are as of
    fingerprint = models.CharField(max_length=16, blank=True)
    in_lake = models.BooleanField(default=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="merged_from", db_index=False
    )
    erasing_since = models.DateTimeField(null=True)

    class Meta:
        """Indexes for the list's orders, and for its filters in the order that is shown first."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("at_risk").desc(), "id", name="customers_by_risk"),
            models.Index(F("last_order_day").desc(), "id", name="customers_by_order"),
            models.Index("search", name="customers_search"),  # narrower than the rows: read whole where it must be
            # of the few that were merged only: an index of all would tempt SQLite away from the orders above
            models.Index("merged_into", condition=Q(merged_into__isnull=False), name="customers_merged_into"),
            models.Index("leaving", name="customers_by_leaving"),
            models.Index("lifecycle", F("at_risk").desc(), name="customers_by_lifecycle"),
            models.Index("rfm", F("at_risk").desc(), name="customers_by_rfm"),
            models.Index("value_risk", F("at_risk").desc(), name="customers_by_value_risk"),
        ]

    @property
    def shown(self) -> str:
        """What to call them: their name, or their id where no name is known."""
        return self.name or self.customer_id


class IdentityKind(models.TextChoices):
    """What sort of mark a customer is known by."""

    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    PHONE = "phone"
    ANONYMOUS = "anonymous"


class Identity(models.Model):
    """One mark by which a customer is known; it belongs to one customer at a time.

    `origin` is the row whose facts brought it, None for what a person or another source added.
    """

    kind = models.CharField(max_length=12, choices=IdentityKind.choices)
    value = models.CharField(max_length=254)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    origin = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        """A mark names one customer."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "value"], name="an_identity_names_one_customer")
        ]


class Consent(models.Model):
    """One statement about one channel, in the order they were made; never changed, the latest one holds."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    source = models.CharField(max_length=120)
    wording = models.CharField(max_length=120, blank=True)
    who = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        """Found by customer and channel, the newest first."""

        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "channel", "-at", "-id"], name="consent_that_holds")
        ]


class Note(models.Model):
    """What somebody wants the next person to know."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    who = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-at", "-id"]


class Task(models.Model):
    """Something to do for a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(max_length=300)
    due = models.DateField(null=True)
    assignee = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="customer_tasks")
    asked_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        """Those that are open and due first."""

        ordering: ClassVar[list[models.F | str | models.expressions.OrderBy]] = [
            F("done_at").desc(nulls_first=True),
            F("due").asc(nulls_last=True),
            "id",
        ]


class Merge(models.Model):
    """Two customers became one: `moved` names the rows that went over, so that it can be undone."""

    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict)
    who = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        """The newest first; a customer is merged into one other at a time."""

        ordering: ClassVar[list[str]] = ["-at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="merged_into_one_at_a_time")
        ]

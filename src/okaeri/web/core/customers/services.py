"""What people do for a customer: notes, tasks, and what the customer said about being reached."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.customers.folding import fold_code, fold_phone
from okaeri.web.core.customers.models import Consent, Customer, Identity, IdentityKind, Note, Task
from okaeri.web.core.news import tell
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User

BY_HAND = "person"


@transaction.atomic
def add_note(customer: Customer, text: str, *, by: User, now: datetime) -> int:
    """Write a note about a customer; returns its id."""
    customer = _now(customer)
    made = Note.objects.create(customer=customer, text=text, who=by, at=now)
    audit.record(by, "customer.note_added", about=customer.public_id, at=now, note=made.pk)
    return made.pk


@transaction.atomic
def remove_note(customer: Customer, note: int, *, by: User, now: datetime) -> bool:
    """Take a note away; returns whether it was there."""
    gone, _tables = Note.objects.filter(pk=note, customer=customer).delete()
    if gone:
        audit.record(by, "customer.note_removed", about=customer.public_id, at=now, note=note)
    return bool(gone)


@transaction.atomic
def add_task(customer: Customer, text: str, *, due: date | None, assignee: User | None, by: User, now: datetime) -> int:
    """Ask for something to be done for a customer; returns the task's id."""
    customer = _now(customer)
    made = Task.objects.create(customer=customer, text=text, due=due, assignee=assignee, asked_by=by, asked_at=now)
    audit.record(by, "customer.task_added", about=customer.public_id, at=now, task=made.pk)
    return made.pk


@transaction.atomic
def settle_task(customer: Customer, task: int, *, done: bool, by: User, now: datetime) -> bool:
    """Say that a task is done, or open again; returns whether that changed anything."""
    found = Task.objects.filter(pk=task, customer=customer, done_at__isnull=done)
    changed = found.update(done_at=now if done else None, done_by=by if done else None)
    if changed:
        verb = "customer.task_done" if done else "customer.task_reopened"
        audit.record(by, verb, about=customer.public_id, at=now, task=task)
    return bool(changed)


@transaction.atomic
def record_consent(
    customer: Customer,
    *,
    channel: str,
    state: str,
    source: str,
    wording: str = "",
    at: datetime | None = None,
    by: User | None,
    now: datetime,
) -> int:
    """Add what a customer said about a channel; returns whose it is, who may have been merged meanwhile.

    Raises `OkaeriError` for a moment that has not come yet.
    """
    if at and at > now:
        raise OkaeriError(
            _("Consent cannot be given in the future."), advice=_("Choose the day on which the customer said so.")
        )
    customer = _now(customer)
    say(customer, channel=channel, state=state, source=source, wording=wording, who=by, at=at or now, now=now)
    audit.record(
        by, "customer.consent_recorded", about=customer.public_id, at=now, channel=channel, state=state, source=source
    )
    return customer.pk


def say(
    customer: Customer,
    *,
    channel: str,
    state: str,
    source: str,
    wording: str = "",
    who: User | None,
    at: datetime,
    now: datetime,
) -> None:
    """Add one statement about one channel, and let whoever sends messages know."""
    Consent.objects.create(
        customer=customer,
        channel=channel,
        state=state,
        source=source,
        wording=wording,
        who=who,
        at=at,
        recorded_at=now,
    )
    tell_consent(customer, channel, state, now=now)


def tell_consent(customer: Customer, channel: str, state: str, *, now: datetime) -> None:
    """Let whoever sends messages know what holds now."""
    news = {"customer": customer.public_id, "customer_id": customer.customer_id, "channel": channel, "state": state}
    tell("consent.changed", news, now=now)


@transaction.atomic
def add_identity(
    customer: Customer, *, kind: str, value: str, source: str = BY_HAND, by: User | None, now: datetime
) -> bool:
    """Add a mark a customer is known by; False when it is theirs already.

    Raises `OkaeriError` when it is somebody else's.
    """
    folded = _folded(kind, value)
    if not folded:
        raise OkaeriError(_("There is nothing to add."), advice=_("Write an address, a number or an id."))
    customer = _now(customer)
    made, is_new = Identity.objects.get_or_create(
        kind=kind, value=folded, defaults={"customer": customer, "source": source, "since": now}
    )
    if made.customer_id != customer.pk:
        raise OkaeriError(
            _("Another customer is known by this already."),
            advice=_("If the two are one person, merge them on this page."),
        )
    if is_new:
        audit.record(by, "customer.identity_added", about=customer.public_id, at=now, kind=kind)
    return is_new


@transaction.atomic
def remove_identity(customer: Customer, identity: int, *, by: User, now: datetime) -> bool:
    """Take away a mark that a person added; those from the facts stay. Returns whether it was there."""
    found = Identity.objects.filter(pk=identity, customer=customer, origin=None)
    kind = next(iter(found.values_list("kind", flat=True)), "")
    gone, _tables = found.delete()
    if gone:
        audit.record(by, "customer.identity_removed", about=customer.public_id, at=now, kind=kind)
    return bool(gone)


def _now(customer: Customer) -> Customer:
    """Who the customer is now, kept from being merged or erased until the transaction ends.

    What is written about somebody who was merged belongs to the one they were merged into: nobody looks elsewhere.
    Raises `OkaeriError` when they are being erased.
    """
    while True:
        into = Customer.objects.filter(pk=customer.pk).values_list("merged_into", flat=True).first()
        point = transaction.savepoint()
        there = Customer.objects.select_for_update().filter(pk=into or customer.pk, erasing_since=None).first()
        if there is None:
            raise OkaeriError(
                _("This customer is being erased."), advice=_("Nothing about them can be changed any more.")
            )
        if there.merged_into_id is None and Customer.objects.filter(pk=customer.pk, merged_into=into).exists():
            transaction.savepoint_commit(point)
            return there
        transaction.savepoint_rollback(point)  # merged or parted since: let go, and look again


def _folded(kind: str, value: str) -> str:
    if kind == IdentityKind.PHONE:
        return fold_phone(value)[:254]
    return (fold_code(value) if kind == IdentityKind.EMAIL else value.strip())[:254]

"""Webhooks out: what is done with them, and `emit`, which writes messages in the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.web.core.api.contracts import WebhookCard
from okaeri.web.core.api.events import EVENTS
from okaeri.web.core.api.models import Delivery, DeliveryState, Webhook
from okaeri.web.core.api.queries import webhook_card
from okaeri.web.core.api.sending import check_address
from okaeri.web.core.api.signing import secret_of
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User

KIND = "deliver_webhooks"
_LONGEST = 500


@transaction.atomic
def emit(event: str, payload: Mapping[str, Any], *, now: datetime) -> int:
    """Tell every webhook that listens to `event`, once the caller's transaction is through; says how many there are.

    `payload` is JSON-ready. Raises `OkaeriError` for an event that does not exist.
    """
    if event not in EVENTS:
        raise unknown(_("event"), event, EVENTS)
    listening = [each for each in Webhook.objects.filter(active=True) if event in each.events]
    _put(listening, event, payload, now=now)
    return len(listening)


def _put(webhooks: Sequence[Webhook], event: str, payload: Mapping[str, Any], *, now: datetime) -> None:
    for each in webhooks:
        Delivery.objects.create(
            webhook=each,
            message=f"msg_{secrets.token_urlsafe(18)}",
            event=event,
            payload={"type": event, "timestamp": now.isoformat(), "data": dict(payload)},
            made_at=now,
            next_at=now,
        )
    if webhooks:
        enqueue(KIND, now=now, key=KIND)


@transaction.atomic
def make_webhook(*, maker: User, url: str, events: Sequence[str], now: datetime) -> tuple[WebhookCard, str]:
    """A webhook and its secret, which is told this once; raises `OkaeriError` for an address that is not to be used."""
    made = Webhook.objects.create(maker=maker, url=_address(url), events=_known(events), made_at=now)
    audit.record(maker, "webhook.made", about=_host(made), at=now, events=made.events)
    return webhook_card(made), secret_of(made.pk, turn=made.turn)


@transaction.atomic
def change_webhook(
    webhook: UUID,
    *,
    by: User,
    now: datetime,
    url: str | None = None,
    events: Sequence[str] | None = None,
    active: bool | None = None,
) -> WebhookCard:
    """Change what is said; switching one on again forgets its failures. Raises `Webhook.DoesNotExist`."""
    found = Webhook.objects.select_for_update().get(pk=webhook)
    if url is not None:
        found.url = _address(url)
    if events is not None:
        found.events = _known(events)
    if active is not None:
        found.active = active
        found.note, found.failures = "", 0
    found.save()
    audit.record(by, "webhook.changed", about=_host(found), at=now, active=found.active, events=found.events)
    return webhook_card(found)


@transaction.atomic
def turn_secret(webhook: UUID, *, by: User, now: datetime) -> str:
    """A new secret in place of the old one; raises `Webhook.DoesNotExist`."""
    found = Webhook.objects.select_for_update().get(pk=webhook)
    found.turn += 1
    found.save(update_fields=["turn"])
    audit.record(by, "webhook.secret_turned", about=_host(found), at=now)
    return secret_of(found.pk, turn=found.turn)


@transaction.atomic
def remove_webhook(webhook: UUID, *, by: User, now: datetime) -> None:
    """Forget a webhook and what was sent to it; raises `Webhook.DoesNotExist`."""
    found = Webhook.objects.get(pk=webhook)
    audit.record(by, "webhook.removed", about=_host(found), at=now)
    found.delete()


@transaction.atomic
def try_webhook(webhook: UUID, *, by: User, now: datetime) -> None:
    """Send a message that only says hello; raises `Webhook.DoesNotExist`."""
    found = Webhook.objects.get(pk=webhook)
    _put([found], "webhook.test", {"from": by.name or by.email}, now=now)
    audit.record(by, "webhook.tried", about=_host(found), at=now)


@transaction.atomic
def replay(webhook: UUID, delivery: UUID, *, by: User, now: datetime) -> Delivery:
    """Send a message once more under its own id; raises `Delivery.DoesNotExist`."""
    found = Delivery.objects.select_related("webhook").get(pk=delivery, webhook_id=webhook)
    waiting = {"state": DeliveryState.WAITING, "next_at": now, "attempts": 0}
    if Delivery.objects.filter(pk=found.pk).exclude(state=DeliveryState.SENDING).update(**waiting):
        audit.record(by, "webhook.replayed", about=_host(found.webhook), at=now, message=found.message)
        enqueue(KIND, now=now, key=KIND)
    found.refresh_from_db()
    return found


def _known(events: Sequence[str]) -> list[str]:
    chosen = sorted(set(events))
    if not chosen:
        raise OkaeriError(_("A webhook needs at least one event."), advice=_("Choose what it should be told of."))
    for event in chosen:
        if event not in EVENTS:
            raise unknown(_("event"), event, EVENTS)
    return chosen


def _address(url: str) -> str:
    url = url.strip()
    if len(url) > _LONGEST:
        raise OkaeriError(
            _("The address is longer than {n} characters.").format(n=_LONGEST), advice=_("Use a shorter one.")
        )
    check_address(url)
    return url


def _host(webhook: Webhook) -> str:
    """What the audit log calls it: an address may hold a secret in its path."""
    return urlsplit(webhook.url).hostname or ""

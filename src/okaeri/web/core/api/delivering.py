"""Sending what is due: each message is claimed, sent outside any transaction, and tried again ever more slowly."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Min, Q

from okaeri.base.text import _
from okaeri.web.core.api.models import Delivery, DeliveryState, Webhook
from okaeri.web.core.api.sending import Sent, send
from okaeri.web.core.api.signing import headers_of, secret_of
from okaeri.web.core.jobs.running import Clock
from okaeri.web.core.people import audit

# after each failed try, as the Standard Webhooks specification proposes: ten tries within three days and a half
PAUSES = tuple(timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
TRIES = len(PAUSES) + 1
MOST_FAILURES = 30  # tries in a row that came to nothing, until a webhook is switched off
KEPT = timedelta(days=30)
_LEASE = timedelta(minutes=5)
_AT_ONCE = 200
_GONE = 410


def deliver_due(*, clock: Clock) -> int:
    """Send the messages that are due, the oldest first; returns how many arrived.

    A webhook that did not answer is left alone for the rest of the turn: others, and other work, must not wait for it.
    """
    arrived, silent = 0, set[UUID]()
    for _count in range(_AT_ONCE):
        claimed = _claim(clock(), but=silent)
        if claimed is None:
            break
        if _deliver(claimed, clock=clock):
            arrived += 1
        else:
            silent.add(claimed.webhook_id)
    return arrived


def forget_settled(*, now: datetime) -> int:
    """Remove what was delivered or given up long ago; returns how many messages there were."""
    over = (DeliveryState.DELIVERED, DeliveryState.FAILED)
    forgotten, _each = Delivery.objects.filter(state__in=over, tried_at__lt=now - KEPT).delete()
    return forgotten


def next_due() -> datetime | None:
    """When the next message is due; None when none waits."""
    waiting = Delivery.objects.filter(state__in=(DeliveryState.WAITING, DeliveryState.SENDING), webhook__active=True)
    found: datetime | None = waiting.aggregate(at=Min("next_at"))["at"]
    return found


def _claim(now: datetime, *, but: Collection[UUID]) -> Delivery | None:
    """One message that is due, for this worker alone; one that a worker died over is due again after its lease."""
    due = Q(state__in=(DeliveryState.WAITING, DeliveryState.SENDING), next_at__lte=now)
    waiting = Delivery.objects.filter(due, webhook__active=True).exclude(webhook__in=but)
    for found in waiting.order_by("next_at", "made_at")[:10]:
        claimed = Delivery.objects.filter(due, pk=found.pk, next_at=found.next_at).update(
            state=DeliveryState.SENDING, next_at=now + _LEASE, attempts=F("attempts") + 1, tried_at=now
        )
        if claimed:
            return Delivery.objects.select_related("webhook").get(pk=found.pk)
    return None


def _deliver(delivery: Delivery, *, clock: Clock) -> bool:
    webhook = delivery.webhook
    body = json.dumps(delivery.payload, ensure_ascii=False).encode()
    secret = secret_of(webhook.pk, turn=webhook.turn)
    headers = headers_of(body, message=delivery.message, at=clock(), secret=secret)
    sent = send(webhook.url, body, {**headers, "Content-Type": "application/json"})
    _note(delivery, sent, now=clock())
    return sent.arrived


@transaction.atomic
def _note(delivery: Delivery, sent: Sent, *, now: datetime) -> None:
    """Write down what came of a try."""
    last = delivery.attempts >= TRIES or sent.status == _GONE
    if sent.arrived:
        state, next_at = DeliveryState.DELIVERED, None
    elif last:
        state, next_at = DeliveryState.FAILED, None
    else:
        pause = max(PAUSES[delivery.attempts - 1], timedelta(seconds=sent.wait_seconds or 0))
        state, next_at = DeliveryState.WAITING, now + pause
    Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts).update(
        state=state, next_at=next_at, status=sent.status, answer=sent.answer[:500]
    )
    if sent.arrived:
        Webhook.objects.filter(pk=delivery.webhook_id, failures__gt=0).update(failures=0)
    else:
        _count_failure(delivery, sent, now=now)


def _count_failure(delivery: Delivery, sent: Sent, *, now: datetime) -> None:
    Webhook.objects.filter(pk=delivery.webhook_id).update(failures=F("failures") + 1)
    if sent.status == _GONE:
        note = _("Switched off: the receiver said that it is gone (410).")
    else:
        note = _("Switched off: {n} tries in a row came to nothing.").format(n=MOST_FAILURES)
    tired = Webhook.objects.filter(pk=delivery.webhook_id, active=True)
    if sent.status != _GONE:
        tired = tired.filter(failures__gte=MOST_FAILURES)
    if tired.update(active=False, note=str(note)):
        audit.record(None, "webhook.switched_off", about=delivery.webhook_id, at=now, status=sent.status)

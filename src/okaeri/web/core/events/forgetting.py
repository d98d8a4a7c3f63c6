"""What this room lets go of when customers are to be forgotten: it comes before the lake forgets them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from okaeri.facts.locks import held
from okaeri.web.core.events.contracts import ANONYMOUS, Received
from okaeri.web.core.events.messages import as_json, packed, unwritten, written
from okaeri.web.core.events.models import Delivery, Recent, Refused, Told, Visitor
from okaeri.web.core.shops import workspace


def forget(customer_ids: Collection[str]) -> None:
    """Delete whatever names these customers, waits to become theirs, or was refused as theirs.

    No flush runs meanwhile, so nothing of theirs is on its way to the lake once this returns.
    """
    with held(workspace().lake_path / ".locks" / ".flushing"), transaction.atomic():
        ids = set(customer_ids)
        visitors = Visitor.objects.filter(
            Q(customer_id__in=ids) | Q(anonymous_id__in=[each.removeprefix(ANONYMOUS) for each in ids])
        )
        names = ids | {ANONYMOUS + each.anonymous_id for each in visitors}
        for name in sorted(names):
            _forget_said(name.removeprefix(ANONYMOUS), names)
        visitors.delete()
        Told.objects.filter(customer_id__in=names).delete()
        Recent.objects.filter(customer_id__in=names).delete()


def _forget_said(name: str, names: set[str]) -> None:
    quoted = as_json(name)
    # refused messages are kept as they came, and an id may have come as a number
    bare = Q(message__contains=f'Id": {name},') | Q(message__contains=f'Id": {name}}}')
    Refused.objects.filter(Q(message__contains=quoted) | bare).delete()
    for delivery in Delivery.objects.filter(body__contains=quoted).select_related("source"):
        kept = [
            each
            for each in unwritten(delivery.body, received_at=delivery.received_at, source=delivery.source.name)
            if not _named_in(each) & names
        ]
        if kept:
            found = packed([written(each) for each in kept])
            Delivery.objects.filter(pk=delivery.pk).update(body=found, messages=len(kept), letters=len(found))
        else:
            delivery.delete()


def _named_in(message: Received) -> set[str]:
    """Everybody a message names; what an alias gives up may have been a visitor or a customer."""
    given_up = {message.name, ANONYMOUS + message.name} if message.kind == "alias" else set()
    return {message.user_id, ANONYMOUS + message.anonymous_id} | given_up

"""What is done to this room's records: taking events in, and making, changing and ending keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.events.contracts import Message, Problem, Taken
from okaeri.web.core.events.keys import has_shape, make_key, prefix_of
from okaeri.web.core.events.messages import check_size, packed, understood, written
from okaeri.web.core.events.models import Delivery, Refused, Source, WriteKey
from okaeri.web.core.events.problems import MOST_MESSAGE_BYTES, Refusal
from okaeri.web.core.events.times import moment_of
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.people.tokens import hash_of

GRACE = timedelta(hours=24)
"""How long the former key still works after a new one was made."""
MOST_REFUSED = 10_000
_KEPT_LETTERS = 8000


def source_of(key: str, *, now: datetime) -> Source | None:
    """The source that a write key belongs to while the key works."""
    if not has_shape(key):
        return None
    works = Q(ends_at=None) | Q(ends_at__gt=now)
    found = WriteKey.objects.select_related("source").filter(works, digest=hash_of(key)).first()
    return found.source if found else None


def take(
    raws: Sequence[object], *, source: Source, kind: str | None, sent: object, size: int, received: datetime
) -> Taken:
    """Keep the good messages of a request in the outbox and the others in quarantine, in one durable transaction.

    `size` is that of the body they came in, in bytes.
    """
    accepted: list[str] = []
    refused: list[tuple[int, object, Problem]] = []
    sent_at = _sent(sent)
    for place, raw in enumerate(raws):
        try:
            if size > MOST_MESSAGE_BYTES:  # otherwise none of them can be too large
                check_size(raw)
            accepted.append(written(understood(raw, kind=kind, sent=sent_at, received=received)))
        except Refusal as refusal:
            refused.append((place, raw, refusal.problem))
    with transaction.atomic():
        if accepted:
            body = packed(accepted)
            Delivery.objects.create(
                source=source, received_at=received, messages=len(accepted), letters=len(body), body=body
            )
        if refused:
            Refused.objects.bulk_create([_refused(raw, each, source, received) for _place, raw, each in refused])
            trim_refused()  # a key may lie open in a browser: nobody fills the disk with it
    told = tuple((place, _field(raw, "messageId"), problem) for place, raw, problem in refused)
    return Taken(accepted=len(accepted), refused=told)


def _sent(value: object) -> datetime | None:
    """When the batch was sent; a moment that cannot be read is none, since the messages themselves are fine."""
    try:
        return moment_of(value, field="sentAt")
    except Refusal:
        return None


def _refused(raw: object, problem: Problem, source: Source, received: datetime) -> Refused:
    return Refused(
        source=source,
        received_at=received,
        kind=_field(raw, "type")[:20],
        message_id=_field(raw, "messageId"),
        code=problem.code,
        values=dict(problem.values),
        message=_shown(raw),
    )


def refused_later(message: Message, code: str, *, source_id: int, received: datetime, **values: Any) -> Refused:
    """A message that was accepted and turned out not to be usable for all it should be."""
    raw = {"type": message.kind, "messageId": message.message_id, "event": message.name, "properties": message.body}
    return Refused(
        source_id=source_id,
        received_at=received,
        kind=message.kind,
        message_id=message.message_id,
        code=code,
        values=values,
        message=_shown(raw),
    )


def _field(raw: object, field: str) -> str:
    value = raw.get(field) if isinstance(raw, dict) else ""
    return _storable(value)[:255] if isinstance(value, str) else ""


def _shown(raw: object) -> str:
    """A message as text that any database keeps, whatever is in it."""
    try:
        return _storable(json.dumps(raw, ensure_ascii=False))[:_KEPT_LETTERS]
    except (ValueError, RecursionError):
        return ""


def _storable(text: str) -> str:
    return text.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")


@transaction.atomic
def add_source(name: str, *, by: User, now: datetime) -> tuple[Source, str]:
    """A new source and its first key, which nobody can read again; raises `OkaeriError` for a name that is taken."""
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise OkaeriError(_("A source needs a name of 1 to 80 letters."), advice=_("Name it after what sends events."))
    try:
        with transaction.atomic():
            made = Source.objects.create(name=name, made_at=now, made_by=by)
    except IntegrityError:
        raise OkaeriError(_("There is a source called {name} already.").format(name=name), advice=_PICK) from None
    key = _add_key(made, now=now)
    audit.record(by, "source.added", about=name, at=now, prefix=prefix_of(key))
    return made, key


_PICK = _("Choose another name, or make a new key for that source.")


@transaction.atomic
def rotate(source_id: int, *, by: User, now: datetime) -> tuple[Source, str]:
    """A new key of a source; the former ones work for another day, so that senders can change over."""
    source = Source.objects.select_for_update().get(pk=source_id)
    source.keys.filter(Q(ends_at=None) | Q(ends_at__gt=now + GRACE)).update(ends_at=now + GRACE)
    key = _add_key(source, now=now)
    Source.objects.filter(pk=source_id).update(revoked_at=None)
    audit.record(by, "source.rotated", about=source.name, at=now, prefix=prefix_of(key))
    return source, key


@transaction.atomic
def revoke(source_id: int, *, by: User, now: datetime) -> Source:
    """End every key of a source at once; what it sent stays, and a source without keys stays as it is."""
    source = Source.objects.select_for_update().get(pk=source_id)
    if source.keys.filter(Q(ends_at=None) | Q(ends_at__gt=now)).update(ends_at=now):
        Source.objects.filter(pk=source_id).update(revoked_at=now)
        audit.record(by, "source.revoked", about=source.name, at=now)
    return source


@transaction.atomic
def clear_refused(*, by: User, now: datetime) -> int:
    """Empty the quarantine once somebody has seen to it."""
    count, _each = Refused.objects.filter(received_at__lte=now).delete()
    audit.record(by, "refused_events.cleared", at=now, count=count)
    return count


def trim_refused() -> None:
    """Keep the quarantine from growing for ever: the newest ten thousand stay."""
    oldest = Refused.objects.order_by("-id").values_list("id", flat=True)[MOST_REFUSED : MOST_REFUSED + 1].first()
    if oldest is not None:
        Refused.objects.filter(id__lte=oldest).delete()


def _add_key(source: Source, *, now: datetime) -> str:
    key = make_key()
    WriteKey.objects.create(source=source, digest=hash_of(key), prefix=prefix_of(key), made_at=now)
    return key

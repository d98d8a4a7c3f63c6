"""Requests with an idempotency key: the same key and body again gets the same answer, and nothing is done twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.api.models import Answered, Token
from okaeri.web.core.api.problems import Conflict

KEPT = timedelta(days=2)
LOST_AFTER = timedelta(minutes=5)
"""A request without an answer for this long was killed: doing it again is safe, since facts land by key."""


def once(token: Token, key: str, *, body: bytes, now: datetime, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do something once per key; returns its answer, which may be that of an earlier request.

    Raises `Conflict` while the first request is still under way, and `OkaeriError` for a key with another body.
    """
    if not key:
        return act()
    Answered.objects.filter(at__lt=now - KEPT).delete()
    digest = hashlib.sha256(body).hexdigest()
    try:
        with transaction.atomic():
            mine = Answered.objects.create(token=token, key=key, digest=digest, at=now)
    except IntegrityError:
        earlier = _earlier(token, key, digest)
        if earlier.body is not None:
            return dict(earlier.body)
        mine = _taken_over(earlier, now=now)
    try:
        answer = act()
    except BaseException:
        mine.delete()  # nothing was done: the key is free again
        raise
    Answered.objects.filter(pk=mine.pk).update(body=answer)
    return answer


def _earlier(token: Token, key: str, digest: str) -> Answered:
    found = Answered.objects.filter(token=token, key=key).first()
    if found is None:
        raise _under_way()  # it has just come to nothing
    if found.digest != digest:
        raise OkaeriError(
            _("This idempotency key came with another body before."), advice=_("Use a new key for each request.")
        )
    return found


def _taken_over(earlier: Answered, *, now: datetime) -> Answered:
    """The place of a request whose process was killed; raises `Conflict` while it may still be at it."""
    lost = Answered.objects.filter(pk=earlier.pk, body__isnull=True, at=earlier.at, at__lt=now - LOST_AFTER)
    if not lost.update(at=now):
        raise _under_way()
    return earlier


def _under_way() -> Conflict:
    return Conflict(_("The first request with this key is still under way."), advice=_("Ask again in a few seconds."))

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


def once(
    token: Token, key: str, *, body: bytes, now: datetime, act: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Do something once per key; returns the answer and whether it is of an earlier request.

    Raises `Conflict` while the first request is still under way, and `OkaeriError` for a key with another body.
    """
    if not key:
        return act(), False
    Answered.objects.filter(at__lt=now - KEPT).delete()
    digest = hashlib.sha256(body).hexdigest()
    try:
        with transaction.atomic():
            mine = Answered.objects.create(token=token, key=key, digest=digest, at=now)
    except IntegrityError:
        return _earlier(token, key, digest), True
    try:
        answer = act()
    except BaseException:
        mine.delete()  # nothing was done: the key is free again
        raise
    Answered.objects.filter(pk=mine.pk).update(body=answer)
    return answer, False


def _earlier(token: Token, key: str, digest: str) -> dict[str, Any]:
    found = Answered.objects.get(token=token, key=key)
    if found.digest != digest:
        raise OkaeriError(
            _("This idempotency key came with another body before."), advice=_("Use a new key for each request.")
        )
    if found.body is None:
        raise Conflict(
            _("The first request with this key is still under way."), advice=_("Ask again in a few seconds.")
        )
    return dict(found.body)

"""Signatures of messages by the Standard Webhooks specification, version 1.0 (symmetric, `v1`).

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from django.utils.crypto import salted_hmac

_SALT = "okaeri.webhook"
_PREFIX = "whsec_"


def secret_of(webhook: object, *, turn: int) -> str:
    """The secret of a webhook: derived from the application's own, so that no copy of it lies in the store."""
    key = salted_hmac(_SALT, f"{webhook}:{turn}", algorithm="sha256").digest()
    return _PREFIX + base64.b64encode(key).decode()


def signature(body: bytes, *, message: str, seconds: int, secret: str) -> str:
    """The value of `webhook-signature` over message id, timestamp and body.

    >>> signature(
    ...     b'{"test": 2432232314}', message="msg_p5jXN8AQM9LWM0D4loKWxJek", seconds=1614265330,
    ...     secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ... )
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = b".".join((message.encode(), str(seconds).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(body: bytes, *, message: str, at: datetime, secret: str) -> dict[str, str]:
    """The headers that let a receiver know a message as ours, and as new."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(body, message=message, seconds=seconds, secret=secret),
    }

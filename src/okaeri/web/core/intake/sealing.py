"""Secrets of connections: encrypted with a key that only this application's own secret gives."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _


def seal(secrets: Mapping[str, str]) -> str:
    """The secrets as one text that tells nothing; "" when there are none."""
    return _fernet().encrypt(json.dumps(dict(secrets)).encode()).decode() if secrets else ""


def unseal(sealed: str) -> dict[str, str]:
    """What `seal` was given; raises `OkaeriError` when the application's secret is another one now."""
    if not sealed:
        return {}
    try:
        found: dict[str, str] = json.loads(_fernet().decrypt(sealed.encode()))
    except InvalidToken:
        raise OkaeriError(
            _("The password of this connection can no longer be read, because the secret of the application changed."),
            advice=_("Enter the password again."),
        ) from None
    return found


def _fernet() -> Fernet:
    key = hashlib.scrypt(str(settings.SECRET_KEY).encode(), salt=b"okaeri connections", n=2**12, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(key))

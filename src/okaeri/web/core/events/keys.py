"""Write keys: how they are made, recognised and kept; only whoever made one ever sees it whole."""

from __future__ import annotations

import base64
import binascii
import re
import secrets

BEGINS = "okw_"
_SHAPE = re.compile(r"okw_[A-Za-z0-9_-]{32}")


def make_key() -> str:
    """A new key: 192 bits by chance.

    >>> has_shape(make_key())
    True
    """
    return BEGINS + secrets.token_urlsafe(24)


def has_shape(key: str) -> bool:
    """Whether a text can be a key at all: what cannot is turned away before the store is asked."""
    return _SHAPE.fullmatch(key) is not None


def prefix_of(key: str) -> str:
    """The letters by which a person recognises a key."""
    return key[:10]


def key_in(authorization: str) -> str:
    """The user name of Basic authentication; "" when there is none.

    >>> key_in("Basic YWJjMTIzOg==")
    'abc123'
    """
    scheme, _, word = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(word.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return pair.partition(":")[0]

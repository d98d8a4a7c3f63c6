"""Opaque tokens: whoever holds the link knows the token, the store knows only its hash."""

from __future__ import annotations

import secrets
from hashlib import sha256


def new_token() -> str:
    """A token nobody can guess: 192 random bits, fit for an address.

    >>> len(new_token())
    32
    """
    return secrets.token_urlsafe(24)


def hash_of(token: str) -> str:
    """What is kept of a token; it is random already, so a plain hash is enough.

    >>> hash_of("a") == hash_of("a"), len(hash_of("a"))
    (True, 64)
    """
    return sha256(token.encode()).hexdigest()

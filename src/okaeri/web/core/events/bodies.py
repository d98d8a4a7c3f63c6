"""The bytes of a request as JSON: bounded before and after decompressing, and never trusted."""

from __future__ import annotations

import json
import zlib
from typing import Any

from okaeri.web.core.events.problems import MOST_BYTES, CannotTake

_LONG_NUMBER = 400  # digits: no double holds more, and a longer one is slow to read


def unpacked(body: bytes, *, encoding: str) -> bytes:
    """The body as it was before it was compressed; raises `CannotTake` when it is too large or broken."""
    if len(body) > MOST_BYTES:
        raise too_large()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise CannotTake("encoding", status=415)
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        raise CannotTake("broken_gzip", status=400) from None
    if len(plain) > MOST_BYTES:
        raise too_large()
    if not reader.eof or reader.unused_data:
        raise CannotTake("broken_gzip", status=400)
    return plain


def read(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; raises `CannotTake` for anything else.

    >>> read(b'{"batch": []}')
    {'batch': []}
    """
    if not body:
        raise CannotTake("empty", status=400)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotTake("not_utf8", status=400) from None
    found = _parsed(text)
    if not isinstance(found, dict):
        raise CannotTake("not_json", status=400)
    return found


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise CannotTake("not_json", status=400) from None
    except ValueError:  # a number of thousands of digits, which must not cost the batch its other messages
        return _patiently_parsed(text)


def _patiently_parsed(text: str) -> object:
    """With numbers that no double can hold as infinity, for which the message they are in is refused."""
    try:
        return json.loads(text, parse_int=lambda digits: float("inf") if len(digits) > _LONG_NUMBER else int(digits))
    except (ValueError, RecursionError):
        raise CannotTake("not_json", status=400) from None


def too_large() -> CannotTake:
    """The refusal of a request that is too large."""
    return CannotTake("too_many_bytes", status=413, most=MOST_BYTES // 1024)

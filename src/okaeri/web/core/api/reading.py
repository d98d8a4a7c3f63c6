"""JSON as it comes in and goes out: strict, so that no database and no other program stumbles on it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from okaeri.web.core.bodies import UNSTORABLE

_DEEPEST = 40


class StrictJSON(Parser):
    """Reads JSON without NaN, NUL, lone surrogates or depths nobody means."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body; raises `HttpError` when it is no such JSON."""
        try:
            found = json.loads(request.body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise HttpError(400, "no JSON") from None
        if not _is_storable(found):
            raise HttpError(400, "unstorable")
        return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _is_storable(value: Any, depth: int = 0) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    if isinstance(value, dict):
        return all(_is_storable(key, depth + 1) and _is_storable(each, depth + 1) for key, each in value.items())
    if isinstance(value, list):
        return all(_is_storable(each, depth + 1) for each in value)
    return True


def is_storable_text(text: str) -> bool:
    """Whether a text of an address may be looked up anywhere.

    >>> is_storable_text("a\\x00b"), is_storable_text("고객")
    (False, True)
    """
    return not UNSTORABLE.search(text)


class PlainJSON(JSONRenderer):
    """Writes JSON that every program reads: no NaN, and letters as they are."""

    json_dumps_params = {"ensure_ascii": False, "allow_nan": False}  # noqa: RUF012 - as the class it extends has it

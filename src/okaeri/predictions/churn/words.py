"""Sentences as data, so that a stored card can be read in any language later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from okaeri.base.text import Text
from okaeri.base.units import Shown, Unit


def text_as_data(text: Text) -> dict[str, Any]:
    """A sentence with what fills it, JSON-ready.

    >>> text_as_data(Text("{n} rows").format(n=3))
    {'message': '{n} rows', 'values': {'n': 3}}
    """
    return {"message": text.message, "values": {name: _as_data(value) for name, value in text.values}}


def text_from_data(data: Mapping[str, Any]) -> Text:
    """What `text_as_data` gave.

    >>> str(text_from_data({"message": "{n} rows", "values": {"n": 3}}))
    '3 rows'
    """
    return Text(data["message"], tuple((name, _from_data(value)) for name, value in data["values"].items()))


def _as_data(value: Any) -> Any:
    if isinstance(value, Text):
        return text_as_data(value)
    if isinstance(value, Shown):
        return {"shown": value.value, "unit": value.unit.value, "digits": value.digits, "currency": value.currency}
    return value


def _from_data(value: Any) -> Any:
    if isinstance(value, Mapping) and "message" in value:
        return text_from_data(value)
    if isinstance(value, Mapping):
        return Shown(value["shown"], Unit(value["unit"]), value["digits"], value["currency"])
    return value

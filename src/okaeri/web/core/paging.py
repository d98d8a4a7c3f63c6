"""Lists in pages that stay put while rows come and go: a cursor names the last row that was seen."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from ninja import Query, Schema
from pydantic import Field as Said

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)
MOST = 200


class Asked(Schema):
    """How much of a list is wanted, and from where on."""

    limit: int = Said(50, ge=1, le=MOST, description="How many items at most.")
    cursor: str = Said("", max_length=500, description="The `next` of the page before; empty for the first page.")


class Page(Schema, Generic[T]):
    """Some items of a list; `next` is the cursor of the page after it, null on the last one."""

    items: list[T]
    next: str | None


Part = Annotated[Asked, Query()]


def page_of(rows: QuerySet[Row], asked: Asked, *, by: Sequence[str], show: Callable[[Row], Any]) -> dict[str, Any]:
    """One page of a query in the order `by` ("-at", "id"), whose fields together tell every row apart."""
    fields = [name.lstrip("-") for name in by]
    if asked.cursor:
        rows = rows.filter(_after(by, values_in(asked.cursor, rows.model, fields)))
    found = list(rows.order_by(*by)[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    return {"items": [show(each) for each in found], "next": cursor_of(found[-1], fields) if more else None}


def page_of_list(items: Sequence[T], asked: Asked, *, key: Callable[[T], str]) -> dict[str, Any]:
    """One page of a list that is at hand; `key` tells its items apart."""
    start = 0
    if asked.cursor:
        (last,) = _words(asked.cursor, count=1)
        places = [place for place, item in enumerate(items) if key(item) == last]
        if not places:
            raise _no_cursor()
        start = places[0] + 1
    found = items[start : start + asked.limit]
    more = start + asked.limit < len(items)
    return {"items": list(found), "next": _cursor([key(found[-1])]) if more else None}


def cursor_of(row: Model, fields: Sequence[str]) -> str:
    """The cursor that names a row by some of its fields."""
    return _cursor([str(_field(type(row), name).value_to_string(row)) for name in fields])


def values_in(cursor: str, model: type[Model], fields: Sequence[str]) -> list[Any]:
    """What `cursor_of` wrote down; raises `OkaeriError` for words that are no such values."""
    words = _words(cursor, count=len(fields))
    try:
        return [_field(model, name).to_python(word) for name, word in zip(fields, words, strict=True)]
    except ValidationError:
        raise _no_cursor() from None


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, Field), name
    return field


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """The rows that come after the one with these values."""
    wanted, same = Q(), Q()
    for name, value in zip(by, values, strict=True):
        field = name.lstrip("-")
        wanted |= same & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{field: value})
    return wanted


def _cursor(values: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def _words(cursor: str, *, count: int) -> list[str]:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise _no_cursor() from None
    if not isinstance(found, list) or len(found) != count or not all(isinstance(each, str) for each in found):
        raise _no_cursor()
    if any("\x00" in each for each in found):
        raise _no_cursor()
    return found


def _no_cursor() -> OkaeriError:
    return OkaeriError(
        _("This cursor leads nowhere."),
        advice=_("Take it from `next` of the page before, or leave it out to begin at the first page."),
    )

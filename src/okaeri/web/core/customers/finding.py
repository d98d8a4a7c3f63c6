"""The list of customers: searched, filtered and ordered, a page at a time, with bounded work for each.

A search looks at beginnings first, which an index answers; only when few begin so are all folded texts read.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from okaeri.base.text import Text, _
from okaeri.predictions.segments import label_name
from okaeri.predictions.segments.names import LIFECYCLE_NAMES, RFM_NAMES, VALUE_RISK_NAMES
from okaeri.web.core.customers.avatars import avatar_of, tone_of
from okaeri.web.core.customers.contracts import Line, Listing
from okaeri.web.core.customers.folding import fold, fold_code, fold_phone, fold_words, is_initials
from okaeri.web.core.customers.models import Customer

PAGE = 50
_LAST = chr(0x10FFFF)
_LEAST_DIGITS = 4
_ENOUGH = 500
COUNTED = 10_000
SCHEMES = {
    "lifecycle": (_("Where they stand"), LIFECYCLE_NAMES),
    "rfm": (_("How they buy"), RFM_NAMES),
    "value_risk": (_("Value and risk"), VALUE_RISK_NAMES),
}
RISKS: dict[str, tuple[Text, Q]] = {
    "high": (_("50% or more"), Q(leaving__gte=0.5)),
    "middle": (_("20% to 50%"), Q(leaving__gte=0.2, leaving__lt=0.5)),
    "low": (_("Less than 20%"), Q(leaving__lt=0.2)),
    "none": (_("Not foretold"), Q(leaving=None)),
}
ORDERS: dict[str, tuple[Text, str]] = {
    "risk": (_("Value at risk"), "-at_risk"),
    "order": (_("Last order"), "-last_order_day"),
    "name": (_("Name"), "name_key"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a person asks the list for; unknown choices are as good as none."""

    words: str = ""
    segment: str = ""  # such as "rfm:champions"
    risk: str = ""
    order: str = "risk"
    after: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the list."""
        return not (self.words or self.segment or self.risk)


def listing(wanted: Wanted) -> Listing:
    """One page of the list; a search shows its best matches at once."""
    rows = narrowed(wanted)
    said_of = Customer.objects.exclude(at_risk=None).order_by("-at_risk").values_list("said_of", flat=True).first()
    if wanted.words.strip():
        look_at = None if wanted.segment or wanted.risk else _ENOUGH
        found = search(rows, wanted.words, most=PAGE + 1, look_at=look_at)
        lines = tuple(_line(each) for each in found[:PAGE])
        return Listing(lines=lines, total=None, following="", more=len(found) > PAGE, said_of=said_of)
    part = list(_page(rows, wanted))
    more = len(part) > PAGE
    return Listing(
        lines=tuple(_line(each) for each in part[:PAGE]),
        total=rows[: COUNTED + 1].count(),  # nobody reads it to the last one, and counting all takes long
        following=_cursor(part[PAGE - 1], wanted) if more else "",
        more=more,
        said_of=said_of,
    )


def everybody(wanted: Wanted) -> Iterator[Customer]:
    """Every customer of the list in its order, for an export."""
    rows = narrowed(wanted)
    if wanted.words.strip():
        yield from search(rows, wanted.words, most=10_000)
        return
    yield from rows.order_by(*_order(wanted)).iterator(chunk_size=2_000)


def search(rows: QuerySet[Customer], words: str, *, most: int, look_at: int | None = None) -> list[Customer]:
    """The best matches of what somebody typed: the whole first, then what begins so, then what holds every part.

    `look_at` is how many that hold the parts are enough to choose from, where nothing else narrows the rows.
    """
    found: dict[int, Customer] = {}
    for step in _steps(words, look_at=look_at):
        if len(found) >= most:
            break
        fresh = rows.filter(step).order_by("name_key", "id")[:most]
        found.update((each.pk, each) for each in fresh if each.pk not in found)
    return list(found.values())[:most]


def _steps(words: str, *, look_at: int | None) -> Iterator[Q]:
    name, code, parts = fold(words), fold_code(words), fold_words(words)
    digits = fold_phone(words)
    marks = Q(identities__value=words.strip(), identities__origin=None) | Q(identities__value=code)
    yield Q(id_key=code) | Q(email=code) | (Q(name_key=name) if name else Q(pk=None))
    yield Q(pk__in=Customer.objects.filter(marks).values("pk"))
    if name:
        yield begins("name_key", name)
        if is_initials(name):
            yield begins("initials", name)
    yield begins("id_key", code) | begins("email", code)
    if len(digits) >= _LEAST_DIGITS:
        yield begins("phone", digits)
    every = Q()
    for part in parts:
        every &= Q(search__contains=part)
    holds = every | Q(search__contains=code) if parts and parts != (code,) else every or Q(search__contains=code)
    # the keys alone: the index of what is searched answers it without the rows
    yield Q(pk__in=Customer.objects.filter(holds).values("pk")[:look_at])


def begins(field: str, start: str) -> Q:
    """The rows whose field begins so, in the form that the store's index can answer."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": start, f"{field}__lt": start + _LAST})
    return Q(**{f"{field}__startswith": start})


def narrowed(wanted: Wanted) -> QuerySet[Customer]:
    """The customers of a segment and a risk, in no order."""
    rows = Customer.objects.filter(merged_into=None, erasing_since=None)
    scheme, mark, label = wanted.segment.partition(":")
    if mark and scheme in SCHEMES:
        # along the index of the order; SQLite would rather sort everybody of the group
        is_by_risk = _field(wanted) == "-at_risk"
        group = {scheme: label} if is_by_risk else {"group": label}
        rows = (rows if is_by_risk else rows.alias(group=Concat(scheme, Value("")))).filter(**group)
    if wanted.risk in RISKS:
        rows = rows.filter(RISKS[wanted.risk][1])
    return rows


def _order(wanted: Wanted) -> tuple[Any, ...]:
    field = _field(wanted)
    name = field.lstrip("-")
    if name == "name_key":
        return (name, "id")
    return (F(name).desc(nulls_last=True), "id")


def _field(wanted: Wanted) -> str:
    return ORDERS.get(wanted.order, ORDERS["risk"])[1]


def _page(rows: QuerySet[Customer], wanted: Wanted) -> Iterator[Customer]:
    """The customers after the cursor: those with a value in its order, then those without one by id."""
    field, after = _field(wanted), _seen(wanted.after)
    name, left = field.lstrip("-"), PAGE + 1
    if name == "name_key":
        yield from _after(rows.order_by("name_key", "id"), "name_key", "gte", after)[:left]
        return
    if after is None or after[0] is not None:
        valued = _after(rows.exclude(**{name: None}).order_by(field, "id"), name, "lte", after)
        for each in valued[:left]:
            left -= 1
            yield each
        after = None
    if left:
        rest = rows.filter(**{name: None}).order_by("id")
        yield from (rest.filter(pk__gt=after[1]) if after else rest)[:left]


def _after(rows: QuerySet[Customer], name: str, way: str, after: tuple[Any, int] | None) -> QuerySet[Customer]:
    """What follows a row: an index range from its value on, without the rows of that value already seen."""
    if after is None:
        return rows
    return rows.filter(**{f"{name}__{way}": after[0]}).exclude(**{name: after[0], "pk__lte": after[1]})


def _cursor(row: Customer, wanted: Wanted) -> str:
    value = getattr(row, _field(wanted).lstrip("-"))
    words = json.dumps([value.isoformat() if isinstance(value, date) else value, row.pk])
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def _seen(cursor: str) -> tuple[Any, int] | None:
    """The value and key of the last row that was shown; None for the first page and for what is no cursor."""
    try:
        value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    return (value, key) if isinstance(key, int) and isinstance(value, (str, float, int, type(None))) else None


def _line(row: Customer) -> Line:
    return Line(
        public_id=row.public_id,
        customer_id=row.customer_id,
        name=row.shown,
        avatar=avatar_of(row.shown),
        tone=tone_of(row.customer_id),
        email=row.email,
        labels=tuple(labels_of(row, schemes=("lifecycle", "rfm"))),
        leaving=row.leaving,
        leaving_low=row.leaving_low,
        leaving_high=row.leaving_high,
        at_risk=row.at_risk,
        currency=row.currency,
        orders=row.orders,
        last_order_day=row.last_order_day,
    )


def labels_of(row: Customer, *, schemes: Iterable[str] = SCHEMES) -> Iterator[Text]:
    """The names of the groups a customer is in."""
    for scheme in schemes:
        label = getattr(row, scheme)
        if label:
            yield label_name(scheme, label)

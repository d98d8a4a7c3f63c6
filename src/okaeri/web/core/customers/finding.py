"""The list of customers: searched, filtered and ordered, a page at a time, with bounded work for each.

A search looks at beginnings first, which an index answers; only when few begin so are all folded texts read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.predictions.segments import label_name
from okaeri.predictions.segments.names import LIFECYCLE_NAMES, RFM_NAMES, VALUE_RISK_NAMES
from okaeri.web.core.customers.avatars import avatar_of, tone_of
from okaeri.web.core.customers.contracts import Line, Listing
from okaeri.web.core.customers.folding import fold, fold_code, fold_phone, fold_words, grown, is_initials
from okaeri.web.core.customers.models import Customer, Identity, IdentityKind
from okaeri.web.core.paging import cursor_of, values_in

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
    "high": (_("50% or more"), Q(chance__gte=0.5)),
    "middle": (_("20% to 50%"), Q(chance__gte=0.2, chance__lt=0.5)),
    "low": (_("Less than 20%"), Q(chance__lt=0.2)),
    "none": (_("Not foretold"), Q(chance=None)),
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
    said_of = Customer.objects.exclude(at_risk=None).order_by("-at_risk").values_list("said_of", flat=True).first()
    if wanted.words.strip():
        look_at = None if wanted.segment or wanted.risk else _ENOUGH
        found = search(narrowed(wanted, along="search"), wanted.words, most=PAGE + 1, look_at=look_at)
        lines = tuple(_line(each) for each in found[:PAGE])
        return Listing(lines=lines, total=None, following="", more=len(found) > PAGE, said_of=said_of)
    rows = narrowed(wanted)
    total = rows[: COUNTED + 1].count()  # nobody reads it to the last one, and counting all takes long
    # of many, a page is soon full along the order; few are sooner sorted than met on the way
    part = list(_page(narrowed(wanted, along=_field(wanted)) if total > COUNTED else rows, wanted))
    more = len(part) > PAGE
    return Listing(
        lines=tuple(_line(each) for each in part[:PAGE]),
        total=total,
        following=_cursor(part[PAGE - 1], wanted) if more else "",
        more=more,
        said_of=said_of,
    )


def everybody(wanted: Wanted) -> Iterator[Customer]:
    """Every customer of the list in its order, for an export."""
    rows = narrowed(wanted)
    if wanted.words.strip():
        steps = (step for step, _order in _steps(wanted.words, look_at=None))
        rows = rows.filter(reduce(or_, steps))
    yield from rows.order_by(*_order(wanted)).iterator(chunk_size=2_000)


def search(rows: QuerySet[Customer], words: str, *, most: int, look_at: int | None = None) -> list[Customer]:
    """The best matches of what somebody typed: the whole first, then what begins so, then what holds every part.

    `look_at` is how many that hold the parts are enough to choose from, where nothing else narrows the rows.
    """
    found: dict[int, Customer] = {}
    for step, order in _steps(words, look_at=look_at):
        if len(found) >= most:
            break
        fresh = rows.filter(step).order_by(*order)[:most]
        found.update((each.pk, each) for each in fresh if each.pk not in found)
    return list(found.values())[:most]


def _steps(words: str, *, look_at: int | None) -> Iterator[tuple[Q, tuple[str, ...]]]:
    """What to look for, one after the other, and in which order each is found along an index."""
    name, code = fold(words), fold_code(words)
    digits = fold_phone(words)
    by_name = ("name_key", "id")
    whole = Q(id_key=code) | Q(email=code)
    yield whole | Q(name_key=name) if name else whole, by_name
    yield Q(pk__in=_marked(words.strip(), code, digits).values("customer")), by_name
    if name:
        yield begins("name_key", name), by_name
        if is_initials(name):
            yield begins("initials", name), ("initials", *by_name)
        if grown(name):
            yield reduce(or_, (begins("name_key", each) for each in grown(name))), by_name
    yield begins("id_key", code) | begins("email", code), by_name
    if len(digits) >= _LEAST_DIGITS:
        yield begins("phone", digits), by_name
    # the keys alone: the index of what is searched answers it without the rows
    yield Q(pk__in=Customer.objects.filter(_holds(words, code)).values("pk")[:look_at]), by_name


def _marked(*values: str) -> QuerySet[Identity]:
    """The marks that are one of these texts, through the index that has their kind first."""
    return Identity.objects.filter(kind__in=IdentityKind.values, value__in={each for each in values if each})


def _holds(words: str, code: str) -> Q:
    """The rows that hold every part of what was typed, the last of which may be half a syllable, or hold it whole."""
    parts = fold_words(words)
    if not parts or parts == (code,):
        return Q(search__contains=code)
    every = Q()
    for part in parts:
        every &= reduce(or_, (Q(search__contains=each) for each in (part, *grown(part))))
    return every | Q(search__contains=code)


def begins(field: str, start: str) -> Q:
    """The rows whose field begins so, in the form that the store's index can answer."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": start, f"{field}__lt": start + _LAST})
    # a beginning is never after the whole, in any collation: PostgreSQL enters the index of the order there
    return Q(**{f"{field}__startswith": start, f"{field}__gte": start})


def narrowed(wanted: Wanted, *, along: str = "") -> QuerySet[Customer]:
    """The customers of a segment and a risk, in no order; to be read by their own indexes, or `along` another one.

    Along another, the store is kept from its own choice: SQLite would rather read everybody of a group.
    """
    rows = Customer.objects.filter(merged_into=None, erasing_since=None)
    scheme, mark, label = wanted.segment.partition(":")
    if mark and scheme in SCHEMES:
        aside = along not in ("", "-at_risk")  # one index has each group by what is at risk
        rows = rows.alias(group=Concat(scheme, Value("")) if aside else F(scheme)).filter(group=label)
    if wanted.risk in RISKS:
        rows = rows.alias(chance=F("leaving") + 0.0 if along else F("leaving")).filter(RISKS[wanted.risk][1])
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
    field, left = _field(wanted), PAGE + 1
    name = field.lstrip("-")
    after = _seen(wanted.after, name)
    if name == "name_key":
        yield from _after(rows.order_by("name_key", "id"), "name_key", "gte", after)[:left]
        return
    is_told = name != "at_risk" or wanted.risk != "none"  # without a chance nothing is at risk
    if is_told and (after is None or after[0] is not None):
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
    name = _field(wanted).lstrip("-")
    return cursor_of(row, ("id",) if getattr(row, name) is None else (name, "id"))


def _seen(cursor: str, name: str) -> tuple[Any, int] | None:
    """The value and key of the last row that was shown; None for the first page and for what is no cursor."""
    with suppress(OkaeriError):
        value, key = values_in(cursor, Customer, (name, "id"))
        return value, key
    with suppress(OkaeriError):
        (key,) = values_in(cursor, Customer, ("id",))
        return None if name == "name_key" else (None, key)
    return None


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

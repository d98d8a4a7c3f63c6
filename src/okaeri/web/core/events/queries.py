"""What the pages of this room show: what arrives, who sends it, and what could not be used."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from okaeri.base.text import Text, _
from okaeri.web.core.events.contracts import Problem
from okaeri.web.core.events.messages import unwritten
from okaeri.web.core.events.models import Delivery, Recent, Refused, Source
from okaeri.web.core.events.problems import advice_of, what_of

SHOWN = 50
REFUSED_SHOWN = 100
KIND_NAMES: dict[str, Text] = {
    "identify": _("Traits"),
    "group": _("Group"),
    "alias": _("Two ids, one person"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One message on the page of what arrives; `landed` once it is in the facts."""

    title: str
    kind: str
    customer_id: str
    source: str
    occurred_at: datetime
    received_at: datetime
    landed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How many messages wait in the outbox, since when, and how many were refused."""

    messages: int
    since: datetime | None
    refused: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLine:
    """One source as its row shows it: the keys that work, each with its first letters and its end."""

    id: int
    name: str
    made_at: datetime
    made_by: str
    heard_at: datetime | None
    keys: tuple[tuple[str, datetime | None], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedLine:
    """One refused message with its reason in words."""

    received_at: datetime
    source: str
    kind: str
    message_id: str
    what: str
    advice: str
    message: str


def arrivals() -> tuple[Arrival, ...]:
    """The latest messages, those that wait first."""
    found = list(_waiting_arrivals())[:SHOWN]
    for each in Recent.objects.all()[: SHOWN - len(found)]:
        found.append(
            Arrival(
                title=_title(each.kind, each.name),
                kind=each.kind,
                customer_id=each.customer_id,
                source=each.source_name,
                occurred_at=each.occurred_at,
                received_at=each.received_at,
                landed=True,
            )
        )
    return tuple(found)


def _waiting_arrivals() -> Iterator[Arrival]:
    for delivery in Delivery.objects.select_related("source").order_by("-id")[:SHOWN]:
        said = list(unwritten(delivery.body, received_at=delivery.received_at, source=delivery.source.name))
        for each in reversed(said):
            yield Arrival(
                title=_title(each.kind, each.name),
                kind=each.kind,
                customer_id=each.customer_id,
                source=each.source,
                occurred_at=each.occurred_at,
                received_at=each.received_at,
                landed=False,
            )


def _title(kind: str, name: str) -> str:
    return str(KIND_NAMES[kind]) if kind in KIND_NAMES else name


def waiting() -> Waiting:
    """How full the outbox and the quarantine are."""
    first = Delivery.objects.order_by("id").values_list("received_at", flat=True).first()
    total = Delivery.objects.aggregate(total=Sum("messages"))["total"] if first else 0
    return Waiting(messages=total or 0, since=first, refused=Refused.objects.count())


def sources(*, now: datetime) -> tuple[SourceLine, ...]:
    """Every source with the keys that work now."""
    return tuple(
        SourceLine(
            id=each.pk,
            name=each.name,
            made_at=each.made_at,
            made_by=str(each.made_by) if each.made_by else "",
            heard_at=each.heard_at,
            keys=tuple(
                (key.prefix, key.ends_at) for key in each.keys.all() if key.ends_at is None or key.ends_at > now
            ),
        )
        for each in Source.objects.select_related("made_by").prefetch_related("keys")
    )


def refused(most: int | None = REFUSED_SHOWN) -> tuple[RefusedLine, ...]:
    """What could not be used, the newest first."""
    return tuple(
        RefusedLine(
            received_at=each.received_at,
            source=each.source.name,
            kind=each.kind,
            message_id=each.message_id,
            what=str(what_of(Problem(each.code, each.values))),
            advice=str(advice_of(Problem(each.code, each.values))),
            message=each.message,
        )
        for each in Refused.objects.select_related("source")[:most]
    )


def refused_csv() -> str:
    """All that could not be used as CSV; a cell that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["received_at", "source", "type", "message_id", "what", "advice", "message"])
    for line in refused(None):
        cells = (line.source, line.kind, line.message_id, line.what, line.advice, line.message)
        writer.writerow([line.received_at.isoformat(), *(_harmless(cell) for cell in cells)])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell

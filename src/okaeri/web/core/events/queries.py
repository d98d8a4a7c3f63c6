"""What the pages of this room show: what arrives, who sends it, and what could not be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import QuerySet, Sum

from okaeri.base.text import Text, _
from okaeri.web.core.events.contracts import KeyCard, Problem, RefusedCard, SourceCard
from okaeri.web.core.events.messages import unwritten
from okaeri.web.core.events.models import Delivery, Recent, Refused, Source
from okaeri.web.core.events.problems import advice_of, what_of

SHOWN = 50
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


def arrivals() -> tuple[Arrival, ...]:
    """The latest messages, those that wait first."""
    found = list(islice(_waiting_arrivals(), SHOWN))
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
    latest = Delivery.objects.select_related("source").order_by("-id")[:SHOWN]
    for delivery in latest.iterator(chunk_size=2):  # one may hold thousands of messages: no more than are shown
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


def sources() -> QuerySet[Source]:
    """Every source by name, with its keys."""
    return Source.objects.select_related("made_by").prefetch_related("keys")


def source_card(source: Source, *, now: datetime) -> SourceCard:
    """A source as it is listed, with the keys that work now."""
    works = (each for each in source.keys.all() if each.ends_at is None or each.ends_at > now)
    return SourceCard(
        id=source.pk,
        name=source.name,
        made_at=source.made_at,
        made_by=str(source.made_by or ""),
        heard_at=source.heard_at,
        keys=tuple(KeyCard(prefix=each.prefix, ends_at=each.ends_at) for each in works),
    )


def refused() -> QuerySet[Refused]:
    """What could not be used, the newest first."""
    return Refused.objects.select_related("source")


def refused_card(found: Refused) -> RefusedCard:
    """A refused message with its reason in words."""
    problem = Problem(found.code, found.values)
    return RefusedCard(
        received_at=found.received_at,
        source=found.source.name,
        kind=found.kind,
        message_id=found.message_id,
        what=str(what_of(problem)),
        advice=str(advice_of(problem)),
        message=found.message,
    )

"""Addresses of this room for programs: sources with their write keys, and what could not be used."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from okaeri.web.core.bodies import Sent
from okaeri.web.core.events import queries, services
from okaeri.web.core.events.contracts import RefusedCard, SourceCard, SourceMade
from okaeri.web.core.events.models import Source
from okaeri.web.core.paging import Page, Part, page_of
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs

router = Router(tags=["Events"])


class SourceIn(Sent):
    """A source of events to make, named after what sends."""

    name: str = Field(min_length=1, max_length=80, examples=["Web shop"])


@router.get("/event-sources", response=Page[SourceCard], summary="Sources of events")
@needs(Can.CONNECT)
def list_sources(request: HttpRequest, part: Part) -> Any:
    """Whatever may send events, by name, with the write keys that work."""
    now = timezone.now()
    return page_of(queries.sources(), part, by=("name", "id"), show=lambda each: queries.source_card(each, now=now))


@router.post("/event-sources", response={201: SourceMade}, summary="Make a source")
@needs(Can.CONNECT)
def make_source(request: HttpRequest, asked: SourceIn, response: HttpResponse) -> Any:
    """A new source with its first write key, which is told this once."""
    now = timezone.now()
    made, key = services.add_source(asked.name, by=asked_by(request), now=now)
    response["Location"] = f"{request.path}/{made.pk}"
    return Status(201, _with_key(made, key, now=now))


@router.get("/event-sources/{int:source_id}", response=SourceCard, summary="One source")
@needs(Can.CONNECT)
def get_source(request: HttpRequest, source_id: int) -> Any:
    """One source with the write keys that work."""
    found = queries.sources().filter(pk=source_id).first()
    if found is None:
        raise Http404
    return queries.source_card(found, now=timezone.now())


@router.post("/event-sources/{int:source_id}/key", response=SourceMade, summary="Make a new write key")
@needs(Can.CONNECT)
def renew_write_key(request: HttpRequest, source_id: int) -> Any:
    """A new write key, which is told this once; the former ones work for another day."""
    now = timezone.now()
    try:
        source, key = services.rotate(source_id, by=asked_by(request), now=now)
    except Source.DoesNotExist:
        raise Http404 from None
    return _with_key(source, key, now=now)


@router.delete("/event-sources/{int:source_id}", response={204: None}, summary="Revoke a source's write keys")
@needs(Can.CONNECT)
def revoke_source(request: HttpRequest, source_id: int) -> Any:
    """End every write key of a source at once, which twice is no error; the source and what it sent stay."""
    try:
        services.revoke(source_id, by=asked_by(request), now=timezone.now())
    except Source.DoesNotExist:
        raise Http404 from None
    return Status(204, None)


@router.get("/refused-events", response=Page[RefusedCard], summary="Events that could not be used")
@needs(Can.BRING_FACTS)
def list_refused_events(request: HttpRequest, part: Part) -> Any:
    """Messages that could not be used, the newest first, each with what is wrong and what helps."""
    return page_of(queries.refused(), part, by=("-received_at", "-id"), show=queries.refused_card)


def _with_key(source: Source, key: str, *, now: datetime) -> SourceMade:
    card = queries.source_card(source, now=now)
    return SourceMade(**{each.name: getattr(card, each.name) for each in fields(card)}, key=key)

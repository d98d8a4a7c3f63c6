"""Addresses of this room for programs: the token itself, webhooks, and rows of facts."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Router, Schema, Status
from pydantic import Field

from okaeri.facts.contracts import TABLES, Table
from okaeri.web.core.api import facts, webhooks
from okaeri.web.core.api.answered import once
from okaeri.web.core.api.bearer import Caller, caller_of
from okaeri.web.core.api.contracts import DeliveryCard, TokenCard, WebhookCard, WebhookMade
from okaeri.web.core.api.events import EVENTS
from okaeri.web.core.api.models import Delivery, Token, Webhook
from okaeri.web.core.api.queries import delivery_card, token_card, tokens_of, webhook_card
from okaeri.web.core.api.services import revoke_token
from okaeri.web.core.bodies import Flag, Sent
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.paging import Page, Part, page_of
from okaeri.web.core.people import audit
from okaeri.web.core.people.roles import Can, needs, signed_in
from okaeri.web.core.shops import workspace

router = Router()


@router.get("/token", response=TokenCard, tags=["Tokens"], summary="The token of this request")
@signed_in
def this_token(request: HttpRequest) -> Any:
    """What the token of this request is, and what it opens."""
    return token_card(caller_of(request).token, now=timezone.now())


@router.get("/tokens", response=Page[TokenCard], tags=["Tokens"], summary="Tokens")
@needs(Can.CONNECT)
def list_tokens(request: HttpRequest, part: Part) -> Any:
    """Your tokens; those of everybody for a token with the scope `manage`. New ones are made on a page."""
    now = timezone.now()
    found = tokens_of(caller_of(request).person)
    return page_of(found, part, by=("-made_at", "-id"), show=lambda each: token_card(each, now=now))


@router.delete("/tokens/{uuid:token_id}", response={204: None}, tags=["Tokens"], summary="Revoke a token")
@needs(Can.CONNECT)
def revoke(request: HttpRequest, token_id: UUID) -> Any:
    """Close a token for good; closing it twice is no error."""
    try:
        revoke_token(token_id, by=caller_of(request).person, now=timezone.now())
    except Token.DoesNotExist:
        raise Http404 from None
    return Status(204, None)


class WebhookIn(Sent):
    """A webhook to make."""

    url: str = Field(max_length=500, examples=["https://example.com/hooks/okaeri"])
    events: list[str] = Field(min_length=1, max_length=50, examples=[["facts.landed"]])


class WebhookChange(Sent):
    """What to change of a webhook; what is left out stays."""

    url: str | None = Field(None, max_length=500)
    events: list[str] | None = Field(None, min_length=1, max_length=50)
    active: Flag | None = None


class Secret(Schema):
    """A new secret, which is told this once."""

    secret: str


class Event(Schema):
    """Something a webhook can be told of."""

    event: str
    says: str


@router.get("/events", response=list[Event], tags=["Webhooks"], summary="What webhooks can be told of")
@signed_in
def list_events(request: HttpRequest) -> Any:
    """Every event, with what it says."""
    return [{"event": name, "says": str(says)} for name, says in EVENTS.items()]


@router.get("/webhooks", response=Page[WebhookCard], tags=["Webhooks"], summary="Webhooks")
@needs(Can.CONNECT)
def list_webhooks(request: HttpRequest, part: Part) -> Any:
    """Every webhook, the newest first."""
    return page_of(Webhook.objects.select_related("maker"), part, by=("-made_at", "-id"), show=webhook_card)


@router.post("/webhooks", response={201: WebhookMade}, tags=["Webhooks"], summary="Make a webhook")
@needs(Can.CONNECT)
def make_webhook(request: HttpRequest, asked: WebhookIn, response: HttpResponse) -> Any:
    """Have an address told of events; the answer holds the secret for checking signatures, this once."""
    made, secret = webhooks.make_webhook(
        maker=caller_of(request).person, url=asked.url, events=asked.events, now=timezone.now()
    )
    response["Location"] = f"{request.path}/{made.id}"
    return Status(201, WebhookMade(**{each.name: getattr(made, each.name) for each in fields(made)}, secret=secret))


def _webhook(webhook_id: UUID) -> Webhook:
    found = Webhook.objects.select_related("maker").filter(pk=webhook_id).first()
    if found is None:
        raise Http404
    return found


@router.get("/webhooks/{uuid:webhook_id}", response=WebhookCard, tags=["Webhooks"], summary="One webhook")
@needs(Can.CONNECT)
def get_webhook(request: HttpRequest, webhook_id: UUID) -> Any:
    """One webhook."""
    return webhook_card(_webhook(webhook_id))


@router.patch("/webhooks/{uuid:webhook_id}", response=WebhookCard, tags=["Webhooks"], summary="Change a webhook")
@needs(Can.CONNECT)
def change_webhook(request: HttpRequest, webhook_id: UUID, asked: WebhookChange) -> Any:
    """Change its address or events, or switch it off and on; on again, its failures are forgotten."""
    said = asked.model_dump(exclude_none=True)
    return webhooks.change_webhook(_webhook(webhook_id).pk, by=caller_of(request).person, now=timezone.now(), **said)


@router.delete("/webhooks/{uuid:webhook_id}", response={204: None}, tags=["Webhooks"], summary="Remove a webhook")
@needs(Can.CONNECT)
def remove_webhook(request: HttpRequest, webhook_id: UUID) -> Any:
    """Remove it, with the log of what was sent to it."""
    webhooks.remove_webhook(_webhook(webhook_id).pk, by=caller_of(request).person, now=timezone.now())
    return Status(204, None)


@router.post(
    "/webhooks/{uuid:webhook_id}/secret", response=Secret, tags=["Webhooks"], summary="Turn a webhook's secret"
)
@needs(Can.CONNECT)
def turn_secret(request: HttpRequest, webhook_id: UUID) -> Any:
    """A new secret; the old one signs nothing from now on."""
    secret = webhooks.turn_secret(_webhook(webhook_id).pk, by=caller_of(request).person, now=timezone.now())
    return {"secret": secret}


@router.get(
    "/webhooks/{uuid:webhook_id}/deliveries", response=Page[DeliveryCard], tags=["Webhooks"], summary="What was sent"
)
@needs(Can.CONNECT)
def list_deliveries(request: HttpRequest, webhook_id: UUID, part: Part) -> Any:
    """The messages to one webhook, the newest first, with what the receiver answered."""
    return page_of(_webhook(webhook_id).deliveries.all(), part, by=("-made_at", "-id"), show=delivery_card)


@router.post(
    "/webhooks/{uuid:webhook_id}/deliveries/{uuid:delivery_id}/replay",
    response={202: DeliveryCard},
    tags=["Webhooks"],
    summary="Send a message once more",
)
@needs(Can.CONNECT)
def replay(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> Any:
    """Send it again under its own id, so that a receiver that has it already can tell."""
    try:
        found = webhooks.replay(webhook_id, delivery_id, by=caller_of(request).person, now=timezone.now())
    except Delivery.DoesNotExist:
        raise Http404 from None
    return Status(202, delivery_card(found))


class ColumnOut(Schema):
    """One column of a table of facts."""

    name: str
    type: str
    required: bool
    says: str


class TableOut(Schema):
    """A table that rows may be sent to; a row with a key that is there replaces it."""

    table: str
    says: str
    key: list[str]
    columns: list[ColumnOut]


class RowsIn(Sent):
    """Rows of one table, by column name; times without an offset are in the workspace's zone."""

    rows: list[dict[str, Any]] = Field(
        min_length=1,
        examples=[[{"order_id": "A1", "customer_id": "aki", "ordered_at": "2024-05-31T09:30:00Z", "amount": 40}]],
    )


class RefusedOut(Schema):
    """A row that was not taken: its place in the request from 0, the column, and why."""

    row: int
    column: str
    reason: str


class LandedOut(Schema):
    """What became of the rows."""

    read: int
    new: int
    replaced: int
    unchanged: int
    refused: list[RefusedOut]


@router.get("/facts", response=list[TableOut], tags=["Facts"], summary="The tables of facts")
@needs(Can.SEE_FIGURES)
def list_tables(request: HttpRequest) -> Any:
    """Every table that rows may be sent to, with its columns."""
    return [_table(name) for name, table in TABLES.items() if not table.said]


def _table(name: str) -> dict[str, Any]:
    table = TABLES[name]
    return {
        "table": name,
        "says": str(table.doc),
        "key": list(table.key),
        "columns": [
            {"name": each.name, "type": each.type.value, "required": each.required, "says": str(each.doc)}
            for each in table.columns
        ],
    }


@router.post("/facts/{table}", response=LandedOut, tags=["Facts"], summary="Send rows of facts")
@needs(Can.BRING_FACTS)
def land_facts(
    request: HttpRequest, table: str, sent: RowsIn, idempotency_key: Annotated[str, Header(max_length=200)] = ""
) -> Any:
    """Land the rows that keep the table's contract; those that do not are given back with the reason.

    The same rows again change nothing. With an `Idempotency-Key` the same request again gets the same answer.
    """
    try:
        contract = facts.writable(table)
    except KeyError:
        raise Http404 from None
    if error := facts.too_many(len(sent.rows)):
        raise error
    caller = caller_of(request)
    return once(
        caller.token,
        idempotency_key,
        body=table.encode() + b"\n" + request.body,
        now=timezone.now(),
        act=lambda: _land(caller, contract, sent),
    )


def _land(caller: Caller, table: Table, sent: RowsIn) -> dict[str, Any]:
    now = timezone.now()
    found = facts.land(workspace(), table, sent.rows, now=now)
    answer = {name: getattr(found, name) for name in ("read", "new", "replaced", "unchanged")}
    _tell(caller, table.name, answer, now=now)
    return {
        **answer,
        "refused": [{"row": each.row, "column": each.column, "reason": each.reason} for each in found.refused],
    }


def _tell(caller: Caller, table: str, answer: dict[str, Any], *, now: datetime) -> None:
    with transaction.atomic():
        audit.record(caller.person, "facts.sent", about=table, at=now, token=caller.token.prefix, **answer)
        if answer["new"] or answer["replaced"]:
            facts_landed.send(sender=None, tables=[table], now=now)

"""Addresses of planned reports for programs: to whom they go, when, and sending one at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from okaeri.web.core.bodies import Sent
from okaeri.web.core.paging import Page, Part, page_of
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights.boards import queries, services
from okaeri.web.insights.boards.models import MailPlan
from okaeri.web.insights.boards.verdicts import told

router = Router(tags=["Boards"])
_LARGEST = 2**63 - 1
Every = Literal["day", "week", "month"]
Language = Literal["en", "ja", "ko"]
Hour = Annotated[int, Field(ge=0, le=23, strict=True)]
Addresses = Annotated[
    list[str], Field(min_length=1, max_length=services.MOST_ADDRESSES, examples=[["aki@example.com"]])
]


class MailIn(Sent):
    """A report to send by itself: each day, on Mondays or on the first of the month, by the workspace's clock."""

    addresses: Addresses
    every: Every = "week"
    hour: Hour = 8
    language: Language = "en"


class MailChange(Sent):
    """What is to be another than before; what is left out stays."""

    addresses: Addresses | None = None
    every: Every | None = None
    hour: Hour | None = None
    language: Language | None = None


class MailOut(Schema):
    """A report that goes out by itself; `trouble` says why the latest attempt came to nothing."""

    id: int
    owner: str
    addresses: list[str]
    every: str
    hour: int
    language: str
    next_at: datetime
    sent_at: datetime | None
    trouble: str


def _mail(each: MailPlan) -> dict[str, Any]:
    fields = ("id", "addresses", "every", "hour", "language", "sent_at")
    said = {name: getattr(each, name) for name in fields}
    next_at = each.next_at.astimezone(UTC)
    return {**said, "owner": str(each.owner), "next_at": next_at, "trouble": told(each.trouble)}


@router.get("/mails", response=Page[MailOut], summary="Reports by mail")
@needs(Can.SHARE)
def list_mails(request: HttpRequest, part: Part) -> Any:
    """The reports you have sent by themselves, all of them for those who manage; the next one first."""
    return page_of(queries.mails_for(asked_by(request)), part, by=("next_at", "id"), show=_mail)


@router.post("/mails", response={201: MailOut}, summary="Plan a report by mail")
@needs(Can.SHARE)
def plan_mail(request: HttpRequest, sent: MailIn) -> Any:
    """Have the report sent by itself: key figures and charts in the mail, the whole of it attached as a PDF."""
    return Status(201, _mail(services.plan_mail(by=asked_by(request), **sent.model_dump(), now=timezone.now())))


@router.patch("/mails/{int:mail_id}", response=MailOut, summary="Change a planned report")
@needs(Can.SHARE)
def change_mail(request: HttpRequest, mail_id: int, sent: MailChange) -> Any:
    """Change to whom, when or in which language it goes."""
    said = sent.model_dump(exclude_none=True)
    return _mail(services.change_mail(_plan(request, mail_id), by=asked_by(request), **said, now=timezone.now()))


@router.delete("/mails/{int:mail_id}", response={204: None}, summary="Stop a planned report")
@needs(Can.SHARE)
def remove_mail(request: HttpRequest, mail_id: int) -> Any:
    """It goes out no more."""
    services.remove(_plan(request, mail_id), by=asked_by(request), now=timezone.now())
    return Status(204, None)


class Sending(Schema):
    """The job that sends it."""

    job: UUID
    state: str


@router.post("/mails/{int:mail_id}/send", response={202: Sending}, summary="Send a planned report now")
@needs(Can.SHARE)
def send_mail_now(request: HttpRequest, mail_id: int) -> Any:
    """Send it at once, beside its plan; asking again while that waits changes nothing."""
    made = services.send_now(_plan(request, mail_id), by=asked_by(request), now=timezone.now())
    return Status(202, {"job": made.pk, "state": made.state})


def _plan(request: HttpRequest, mail_id: int) -> MailPlan:
    found = queries.mails_for(asked_by(request)).filter(pk=min(mail_id, _LARGEST)).first()
    if found is None:
        raise Http404
    return found

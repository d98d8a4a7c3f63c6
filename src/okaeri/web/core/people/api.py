"""Addresses of people for programs: who may come in, who is invited, and the log of what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from okaeri.web.core.bodies import Flag, Moment, Sent
from okaeri.web.core.paging import Page, Part, page_of
from okaeri.web.core.people import services
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.models import AuditEntry, Invitation, User
from okaeri.web.core.people.roles import Can, Role, needs
from okaeri.web.core.people.verbs import said

router = Router()


class Person(Schema):
    """Somebody with an account."""

    id: int
    email: str
    name: str
    role: Role
    active: bool
    joined_at: datetime


class PersonChange(Sent):
    """What to change of an account; what is left out stays."""

    role: Role | None = None
    active: Flag | None = None


class InvitationIn(Sent):
    """Whom to invite, as what."""

    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["haru@example.com"])
    role: Role = Role.VIEWER
    language: str = Field("", pattern="^(|en|ja|ko)$")


class InvitationOut(Schema):
    """A place that is kept for somebody."""

    id: int
    email: str
    role: Role
    made_at: datetime
    expires_at: datetime


class InvitationMade(InvitationOut):
    """An invitation with its link, which is told this once."""

    link: str


class Entry(Schema):
    """One line of the audit log; `by` is empty for what the application did by itself."""

    id: int
    at: datetime
    by: str
    verb: str
    says: str
    about: str
    detail: dict[str, Any]


def _person(user: User) -> dict[str, Any]:
    fields = ("id", "email", "name", "role", "joined_at")
    return {**{name: getattr(user, name) for name in fields}, "active": user.is_active}


def _found(person_id: int) -> User:
    found = User.objects.filter(pk=person_id).first()
    if found is None:
        raise Http404
    return found


@router.get("/people", response=Page[Person], tags=["People"], summary="People")
@needs(Can.MANAGE)
def list_people(request: HttpRequest, part: Part) -> Any:
    """Everybody with an account, in the order they joined."""
    return page_of(User.objects.all(), part, by=("joined_at", "id"), show=_person)


@router.get("/people/{int:person_id}", response=Person, tags=["People"], summary="One person")
@needs(Can.MANAGE)
def get_person(request: HttpRequest, person_id: int) -> Any:
    """One person."""
    return _person(_found(person_id))


@router.patch("/people/{int:person_id}", response=Person, tags=["People"], summary="Change an account")
@needs(Can.MANAGE)
def change_person(request: HttpRequest, person_id: int, asked: PersonChange) -> Any:
    """Give somebody another role, or close and open their account; the last owner stays."""
    found, by, now = _found(person_id), asked_by(request), timezone.now()
    if asked.role is not None:
        services.change_role(by, found, asked.role, now=now)
    if asked.active is not None:
        (services.let_back if asked.active else services.let_go)(by, found, now=now)
    return _person(_found(person_id))


@router.get("/invitations", response=Page[InvitationOut], tags=["People"], summary="Invitations")
@needs(Can.MANAGE)
def list_invitations(request: HttpRequest, part: Part) -> Any:
    """The invitations that wait for an answer, the newest first."""
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return page_of(waiting, part, by=("-made_at", "-id"), show=lambda each: each)


@router.post("/invitations", response={201: InvitationMade}, tags=["People"], summary="Invite somebody")
@needs(Can.MANAGE)
def invite(request: HttpRequest, asked: InvitationIn) -> Any:
    """Invite somebody; the link in the answer is told this once, and is not mailed."""
    made = services.invite(
        asked_by(request), email=asked.email, role=asked.role, language=asked.language, now=timezone.now()
    )
    link = settings.OKAERI.address.rstrip("/") + reverse("join", args=[made.token])
    fields = ("id", "email", "role", "made_at", "expires_at")
    return Status(201, {**{name: getattr(made.invitation, name) for name in fields}, "link": link})


@router.delete("/invitations/{int:invitation_id}", response={204: None}, tags=["People"], summary="Take one back")
@needs(Can.MANAGE)
def revoke_invitation(request: HttpRequest, invitation_id: int) -> Any:
    """End an invitation that waits."""
    if not services.revoke_invitation(asked_by(request), invitation_id, now=timezone.now()):
        raise Http404
    return Status(204, None)


class LogQuestion(Schema):
    """Which lines: of one person (their address), of one verb, from a moment on."""

    by: str = Field("", max_length=254)
    verb: str = Field("", max_length=60)
    since: Moment | None = None


@router.get("/audit", response=Page[Entry], tags=["People"], summary="The audit log")
@needs(Can.MANAGE)
def list_audit(request: HttpRequest, part: Part, asked: Annotated[LogQuestion, Query()]) -> Any:
    """Who changed or exported what, the latest first."""
    found = AuditEntry.objects.all()
    if asked.by:
        found = found.filter(by=asked.by)
    if asked.verb:
        found = found.filter(verb=asked.verb)
    if asked.since:
        found = found.filter(at__gte=_aware(asked.since))
    return page_of(found, part, by=("-at", "-id"), show=_entry)


def _aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _entry(each: AuditEntry) -> dict[str, Any]:
    fields = ("id", "at", "by", "verb", "about", "detail")
    return {**{name: getattr(each, name) for name in fields}, "says": said(each.verb)}

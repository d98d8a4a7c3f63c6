"""What changes people: each function is one verb and one transaction, and writes its line of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.people.audit import record
from okaeri.web.core.people.models import FirstOwner, Invitation, User, fold
from okaeri.web.core.people.queries import nobody_yet, owners
from okaeri.web.core.people.roles import ALLOWED, Can, Role
from okaeri.web.core.people.tokens import hash_of, new_token

INVITATION_LASTS = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Newcomer:
    """What somebody says of themselves when they come in."""

    name: str
    password: str
    language: str = ""
    zone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """An invitation and the token of its link, which is shown now and never again."""

    invitation: Invitation
    token: str


def open_house(newcomer: Newcomer, *, email: str, now: datetime) -> User:
    """Make the first owner; raises `OkaeriError` when somebody was first, also at the same moment."""
    try:
        with transaction.atomic():
            FirstOwner.objects.create(at=now)
            if not nobody_yet():
                raise IntegrityError
            owner = _make(newcomer, email=email, role=Role.OWNER, now=now)
            record(owner, "house.opened", about=owner.email, at=now)
    except IntegrityError:
        raise OkaeriError(
            _("This workspace has an owner already."), advice=_("Sign in, or ask an owner for an invitation.")
        ) from None
    return owner


def make_person(newcomer: Newcomer, *, email: str, role: Role, now: datetime) -> User:
    """Make an account from the command line; raises `OkaeriError` when the address has one."""
    try:
        with transaction.atomic():
            FirstOwner.objects.get_or_create(id=1, defaults={"at": now})
            person = _make(newcomer, email=email, role=role, now=now)
            _end_invitations(Q(email=person.email), now=now)
            record(None, "person.made", about=person.email, at=now, role=role.value)
    except IntegrityError:
        raise _taken(email) from None
    return person


def _make(newcomer: Newcomer, *, email: str, role: Role, now: datetime) -> User:
    more = {"name": newcomer.name, "language": newcomer.language, "zone": newcomer.zone}
    return User.objects.create_user(email, newcomer.password, role=role, joined_at=now, **more)


def _taken(email: str) -> OkaeriError:
    return OkaeriError(
        _("{email} has an account already.").format(email=email),
        advice=_("Change its role in the list of people, or let the person back in."),
    )


@transaction.atomic
def invite(by: User, *, email: str, role: Role, language: str, now: datetime) -> Invited:
    """Keep a place for somebody; an earlier invitation of the same address ends. Raises `OkaeriError` if taken."""
    address = fold(email)
    if User.objects.filter(email=address).exists():
        raise _taken(address)
    _end_invitations(Q(email=address), now=now)
    token = new_token()
    made = Invitation.objects.create(
        email=address,
        role=role,
        language=language,
        token_hash=hash_of(token),
        by=by,
        made_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    record(by, "person.invited", about=address, at=now, role=role.value)
    return Invited(invitation=made, token=token)


def _end_invitations(which: Q, *, now: datetime) -> None:
    Invitation.objects.filter(which, accepted_at=None, revoked_at=None).update(revoked_at=now)


@transaction.atomic
def revoke_invitation(by: User, invitation: int, *, now: datetime) -> bool:
    """End an invitation that waits; False when it was over already."""
    found = Invitation.objects.filter(pk=invitation, accepted_at=None, revoked_at=None)
    address = found.values_list("email", flat=True).first()
    if address is None or not found.update(revoked_at=now):
        return False
    record(by, "invitation.revoked", about=address, at=now)
    return True


def accept_invitation(invitation: Invitation, newcomer: Newcomer, *, now: datetime) -> User:
    """Take the place that was kept: once, before it ends; raises `OkaeriError` when it is over."""
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    try:
        with transaction.atomic():
            if not waiting.update(accepted_at=now):
                raise over()
            person = _make(newcomer, email=invitation.email, role=Role(invitation.role), now=now)
            record(person, "person.joined", about=person.email, at=now, role=person.role)
    except IntegrityError:
        raise _taken(invitation.email) from None
    return person


def over() -> OkaeriError:
    """What somebody hears whose invitation opens nothing any more."""
    return OkaeriError(
        _("This invitation has ended, was taken back, or was used already."),
        advice=_("Ask an owner of the workspace for a new one, or sign in if you have an account."),
    )


@transaction.atomic
def change_role(by: User, person: User, role: Role, *, now: datetime) -> None:
    """Give somebody another role, which may end what they invited; raises `OkaeriError` for the last owner."""
    before = person.role
    if role is not Role.OWNER:
        _keep_an_owner(person)
    if not User.objects.filter(pk=person.pk).exclude(role=role).update(role=role):
        return
    if Can.MANAGE not in ALLOWED[role]:
        _end_invitations(Q(by=person), now=now)
    record(by, "person.role", about=person.email, at=now, before=before, after=role.value)


@transaction.atomic
def let_go(by: User, person: User, *, now: datetime) -> None:
    """Close somebody's account, end their sessions and what they invited; raises `OkaeriError` for the last owner."""
    _keep_an_owner(person)
    changed = User.objects.filter(pk=person.pk, is_active=True)
    if changed.update(is_active=False, sessions_ended=F("sessions_ended") + 1):
        _end_invitations(Q(by=person), now=now)
        record(by, "person.deactivated", about=person.email, at=now)


@transaction.atomic
def let_back(by: User, person: User, *, now: datetime) -> None:
    """Open somebody's account again; they sign in anew."""
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        record(by, "person.reactivated", about=person.email, at=now)


def _keep_an_owner(person: User) -> None:
    """Lock the owners and make sure that one is left; two who let each other go at once cannot both succeed."""
    staying = [each.pk for each in owners().select_for_update().order_by("pk") if each.pk != person.pk]
    if not staying:
        raise OkaeriError(
            _("{name} is the only owner.").format(name=person),
            advice=_("Make somebody else an owner first."),
        )


@transaction.atomic
def end_two_steps(by: User | None, person: User, *, now: datetime) -> bool:
    """Turn two-step sign-in off for somebody who lost their phone and codes; False when it was off already."""
    found = Authenticator.objects.filter(user=person)
    if not found.exists():
        return False
    found.delete()
    record(by, "mfa.ended", about=person.email, at=now)
    return True


@transaction.atomic
def end_sessions(person: User, *, now: datetime) -> None:
    """Sign somebody out everywhere; the caller keeps the session that asked, if it wishes."""
    User.objects.filter(pk=person.pk).update(sessions_ended=F("sessions_ended") + 1)
    record(person, "sessions.ended", about=person.email, at=now)
    person.refresh_from_db(fields=["sessions_ended"])


@transaction.atomic
def change_self(person: User, *, name: str, language: str, zone: str, theme: str, now: datetime) -> None:
    """Change how somebody is called and how pages look to them."""
    chosen = {"name": name, "language": language, "zone": zone, "theme": theme}
    changed = sorted(field for field, value in chosen.items() if getattr(person, field) != value)
    if not changed:
        return
    for field in changed:
        setattr(person, field, chosen[field])
    person.save(update_fields=changed)
    record(person, "person.changed", about=person.email, at=now, fields=changed)

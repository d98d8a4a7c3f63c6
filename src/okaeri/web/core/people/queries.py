"""What the pages of people read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils import timezone

from okaeri.web.core.people.models import AuditEntry, Invitation, User
from okaeri.web.core.people.roles import Role
from okaeri.web.core.people.tokens import hash_of

NOBODY = "-"  # in the filter of the log: what the application did by itself


def nobody_yet() -> bool:
    """Whether the first owner has still to be made."""
    return not User.objects.exists()


def owners() -> QuerySet[User]:
    """Whoever may decide everything and may sign in."""
    return User.objects.filter(role=Role.OWNER, is_active=True)


def everybody() -> QuerySet[User]:
    """All accounts: those that may sign in first."""
    return User.objects.order_by("-is_active", "joined_at", "id")


def with_two_steps() -> frozenset[int]:
    """The numbers of those who sign in with a second step."""
    return frozenset(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))


def wrong_codes(person: User, *, since: datetime) -> int:
    """How many wrong codes were entered for somebody's second step."""
    return AuditEntry.objects.filter(verb="mfa.failed", about=person.email, at__gte=since).count()


def invitations(*, now: datetime) -> QuerySet[Invitation]:
    """The invitations that wait for an answer, the newest first."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def invitation(token: str, *, now: datetime) -> Invitation | None:
    """The invitation of a link, when it still opens."""
    found = Invitation.objects.filter(token_hash=hash_of(token)).first()
    return found if found is not None and found.waits(now=now) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class LogQuestion:
    """What of the audit log is asked for; `who` is a person's number, "-" the application, "" anybody."""

    who: str = ""
    verb: str = ""
    first: date | None = None
    last: date | None = None


def log(asked: LogQuestion) -> QuerySet[AuditEntry]:
    """The entries asked for, the newest first; days are local ones and both ends count."""
    chosen = Q()
    if asked.who:
        chosen &= Q(who=None) if asked.who == NOBODY else Q(who=int(asked.who))
    if asked.verb:
        chosen &= Q(verb=asked.verb)
    if asked.first:
        chosen &= Q(at__gte=_start_of(asked.first))
    if asked.last:
        chosen &= Q(at__lt=_start_of(asked.last + timedelta(days=1)))
    return AuditEntry.objects.filter(chosen)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def verbs_seen() -> list[str]:
    """The verbs that stand in the log."""
    return sorted(AuditEntry.objects.order_by().values_list("verb", flat=True).distinct())

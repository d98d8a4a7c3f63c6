"""What is done with tokens: made, once shown, and revoked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.api.contracts import TokenCard
from okaeri.web.core.api.models import Token
from okaeri.web.core.api.queries import token_card, tokens_of
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can
from okaeri.web.core.people.tokens import hash_of

PREFIX = "okaeri_"
_SHOWN = 12
LONGEST_DAYS = 3650


@transaction.atomic
def make_token(
    *, maker: User, name: str, scopes: Sequence[str], days: int | None, now: datetime
) -> tuple[TokenCard, str]:
    """A token and its secret, which is told this once; raises `OkaeriError` for scopes beyond the maker's role."""
    name = name.strip()
    if not name:
        raise OkaeriError(_("A token needs a name."), advice=_("Name it after the program that will use it."))
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise OkaeriError(
            _("A token cannot expire after {n} days.").format(n=days),
            advice=_("Say a number of days from 1 to {most}, or leave it out.").format(most=LONGEST_DAYS),
        )
    chosen = _allowed(maker, scopes)
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    made = Token.objects.create(
        maker=maker,
        name=name[:100],
        prefix=secret[:_SHOWN],
        hash=hash_of(secret),
        scopes=sorted(chosen),
        made_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    audit.record(maker, "token.made", about=made.name, at=now, prefix=made.prefix, scopes=made.scopes)
    return token_card(made, now=now), secret


def _allowed(maker: User, scopes: Sequence[str]) -> set[str]:
    said = set(scopes)
    if not said:
        raise OkaeriError(_("A token needs at least one scope."), advice=_("Choose what the program has to do."))
    allowed = {each.value for each in Can if maker.can(each)}
    if beyond := sorted(said - allowed):
        raise OkaeriError(
            _("Your role does not hold the scope {scopes}.").format(scopes=", ".join(beyond)),
            advice=_("Yours are: {scopes}.").format(scopes=", ".join(sorted(allowed))),
        )
    return said


@transaction.atomic
def revoke_token(token: UUID, *, by: User, now: datetime) -> None:
    """Close a token for good; one's own, or anybody's for those who manage. Raises `Token.DoesNotExist`."""
    found = tokens_of(by).get(pk=token)
    if Token.objects.filter(pk=found.pk, revoked_at__isnull=True).update(revoked_at=now):
        audit.record(by, "token.revoked", about=found.name, at=now, prefix=found.prefix)

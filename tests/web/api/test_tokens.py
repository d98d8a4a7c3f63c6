"""Tokens: made once, never beyond their maker's role, and closed for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from okaeri.base.errors import OkaeriError
from okaeri.web.core.api.models import Token
from okaeri.web.core.api.services import make_token, revoke_token
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Can, Role
from tests.web.api.conftest import NOW, Program


def test_the_secret_of_a_token_is_kept_nowhere(aki: User) -> None:
    _card, secret = make_token(maker=aki, name="Shelf", scopes=[Can.SEE_FIGURES], days=None, now=NOW)

    kept = " ".join(str(value) for row in Token.objects.values() for value in row.values())
    assert secret not in kept
    assert kept.count(secret[12:]) == 0


def test_a_token_says_what_it_opens(min_jun: User, program: Callable[..., Program]) -> None:
    answer = program(min_jun, Can.SEE_FIGURES, Can.EXPORT).ask("GET", "/token")

    assert answer.status_code == 200
    assert answer.json()["opens"] == ["export", "see_figures"]  # type: ignore[attr-defined]


def test_a_request_without_a_token_is_told_how_to_send_one(db: None) -> None:
    answer = Client().get("/api/v1/token")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "Authorization: Bearer" in answer.json()["advice"]


def test_a_session_opens_nothing(aki: User, browsing: Callable[[User], Client]) -> None:
    assert browsing(aki).get("/api/v1/token").status_code == 401


def test_a_token_without_the_scope_is_refused(aki: User, program: Callable[..., Program]) -> None:
    answer = program(aki, Can.SEE_FIGURES).ask("GET", "/webhooks")

    assert answer.status_code == 403


def test_a_token_loses_what_its_maker_loses(min_jun: User, program: Callable[..., Program]) -> None:
    asking = program(min_jun)
    User.objects.filter(pk=min_jun.pk).update(role=Role.VIEWER)

    assert asking.ask("GET", "/webhooks").status_code == 403
    assert asking.ask("GET", "/token").json()["opens"] == ["see_figures"]  # type: ignore[attr-defined]


def test_the_token_of_a_closed_account_opens_nothing(min_jun: User, program: Callable[..., Program]) -> None:
    asking = program(min_jun)
    User.objects.filter(pk=min_jun.pk).update(is_active=False)

    assert asking.ask("GET", "/token").status_code == 401


def test_an_expired_token_opens_nothing(aki: User, program: Callable[..., Program]) -> None:
    asking = program(aki)
    Token.objects.update(expires_at=NOW)

    assert asking.ask("GET", "/token").status_code == 401


def test_nobody_gives_a_token_more_than_their_role_holds(min_jun: User) -> None:
    with pytest.raises(OkaeriError, match="Yours are: arrange"):
        make_token(maker=min_jun, name="Shelf", scopes=[Can.MANAGE], days=None, now=NOW)


def test_a_revoked_token_stays_closed_and_the_log_says_who_did_it(aki: User, program: Callable[..., Program]) -> None:
    asking = program(aki)
    made = Token.objects.get()

    revoke_token(made.pk, by=aki, now=NOW + timedelta(days=1))

    assert asking.ask("GET", "/token").status_code == 401
    assert AuditEntry.objects.filter(verb="token.revoked", who=aki).count() == 1


def test_somebody_who_does_not_manage_sees_only_their_own_tokens(
    aki: User, min_jun: User, program: Callable[..., Program]
) -> None:
    program(aki)
    asking = program(min_jun)
    theirs = Token.objects.get(maker=aki)

    found = asking.ask("GET", "/tokens").json()["items"]  # type: ignore[attr-defined]
    refused = asking.ask("DELETE", f"/tokens/{theirs.pk}")

    assert [each["made_by"] for each in found] == ["Min-jun"]
    assert refused.status_code == 404


def test_an_owners_token_without_manage_sees_only_its_makers_tokens(
    aki: User, min_jun: User, program: Callable[..., Program]
) -> None:
    program(min_jun)

    found = program(aki, Can.CONNECT).ask("GET", "/tokens").json()["items"]  # type: ignore[attr-defined]

    assert {each["made_by"] for each in found} == {"Aki"}

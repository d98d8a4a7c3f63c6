"""Who gets in where: every address of the application × every role, written out.

A new address goes into `DOORS` under its name, with the roles it opens to; a test fails until it does.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

from okaeri.web.core.people import middleware
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Role

ANYBODY = frozenset({"outsider", *Role.values})  # asks for no session
PEOPLE = frozenset(Role.values)
KNOWING = frozenset({"owner", "analyst", "marketer", "agent"})  # see customers by name
CARING = frozenset({"owner", "marketer", "agent"})
ARRANGING = frozenset({"owner", "analyst", "marketer"})  # also those who share and export
BRINGING = frozenset({"owner", "analyst"})  # bring facts in, connect other systems
OWNERS = frozenset({"owner"})
NOBODY: frozenset[str] = frozenset()  # closed on purpose

PAGES = ("retention", "revenue", "value", "voice", "support", "programme", "predictions")
DOORS: dict[str, frozenset[str]] = {
    # insights
    "home": PEOPLE,
    **{name: PEOPLE for name in PAGES},
    **{f"{name}-part": PEOPLE for name in PAGES},
    "targets": PEOPLE,
    "restatements": PEOPLE,
    # people
    "setup": ANYBODY,
    "join": ANYBODY,
    "language": ANYBODY,
    "settings": BRINGING,  # only owners change anything there
    "me": PEOPLE,
    "me-end-sessions": PEOPLE,
    "people": OWNERS,
    "people-invite": OWNERS,
    "people-revoke": OWNERS,
    "people-role": OWNERS,
    "people-close": OWNERS,
    "people-open": OWNERS,
    "people-end-two-steps": OWNERS,
    "log": OWNERS,
    "log-export": OWNERS,
    # signing in
    "account_login": ANYBODY,
    "account_logout": ANYBODY,
    "account_inactive": ANYBODY,
    "account_reset_password": ANYBODY,
    "account_reset_password_done": ANYBODY,
    "account_reset_password_from_key": ANYBODY,
    "account_reset_password_from_key_done": ANYBODY,
    "account_change_password": PEOPLE,
    "account_reauthenticate": PEOPLE,
    "account_signup": NOBODY,
    "account_email": NOBODY,
    "account_email_verification_sent": NOBODY,
    "account_confirm_email": NOBODY,
    "account_set_password": NOBODY,
    "account_confirm_login_code": NOBODY,
    "mfa_authenticate": ANYBODY,
    "mfa_index": PEOPLE,
    "mfa_reauthenticate": PEOPLE,
    "mfa_activate_totp": PEOPLE,
    "mfa_deactivate_totp": PEOPLE,
    "mfa_view_recovery_codes": PEOPLE,
    "mfa_generate_recovery_codes": PEOPLE,
    "mfa_download_recovery_codes": PEOPLE,
    # figures
    "figure": PEOPLE,
    "figure-again": PEOPLE,
    "figure-customers": KNOWING,
    "figure-customers-file": ARRANGING,
    "figure-file": ARRANGING,
    "drawing": PEOPLE,
    "layout-again": PEOPLE,
    "measure": BRINGING,
    "foretell": BRINGING,
    "ground": PEOPLE,
    "target-set": BRINGING,
    "target-remove": BRINGING,
    # boards
    "dashboards": PEOPLE,
    "dashboard": PEOPLE,
    **dict.fromkeys(("dashboard-make", "dashboard-add", "dashboard-remove", "dashboard-tile"), ARRANGING),
    **dict.fromkeys(("dashboard-share", "share-revoke", "view-save", "view-remove"), ARRANGING),
    "annotations": PEOPLE,
    **dict.fromkeys(("annotation-make", "annotation-remove", "alerts", "alert-make", "alert-remove"), ARRANGING),
    **dict.fromkeys(("mails", "mail-plan", "mail-change"), ARRANGING),
    "shared": ANYBODY,
    # customers
    "customers": KNOWING,
    "customer": KNOWING,
    "customers-export": ARRANGING,
    "customers-fill": CARING,
    **dict.fromkeys(("customer-note", "customer-note-remove", "customer-task", "customer-task-settle"), CARING),
    **dict.fromkeys(("customer-consent", "customer-identity", "customer-identity-remove"), CARING),
    **dict.fromkeys(("customer-merge", "customer-merge-undo"), CARING),
    "customer-erase": OWNERS,
    # bringing facts in
    **dict.fromkeys(("intake", "intake-upload", "intake-file", "intake-file-state", "intake-file-remove"), BRINGING),
    **dict.fromkeys(("intake-mended", "intake-mended-sheet", "intake-setaside"), BRINGING),
    **dict.fromkeys(("intake-setaside-download", "intake-connection-new", "intake-connection"), BRINGING),
    **dict.fromkeys(("intake-connection-test", "intake-connection-sync", "intake-connection-remove"), BRINGING),
    # events; those who send show a key
    "collect": ANYBODY,
    "events": PEOPLE,
    "events-latest": PEOPLE,
    **dict.fromkeys(("event-sources", "event-source-key", "event-source-revoke"), BRINGING),
    **dict.fromkeys(("events-refused", "events-refused-download", "events-refused-clear"), BRINGING),
    # programs; what they reach is asked of their token
    "api-docs": PEOPLE,
    **dict.fromkeys(("keys", "revoke-key", "webhooks", "webhook", "change-webhook", "replay-webhook"), BRINGING),
    # jobs
    **dict.fromkeys(("jobs", "job-cancel", "job-retry"), BRINGING),
    "schedule-change": OWNERS,
    # the demonstration
    "demo-door": ANYBODY,
}

FOR_ALL_PROGRAMS = frozenset({"openapi-json"})  # asks for no token


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One address: its name, its pattern from the root, and what answers."""

    name: str
    pattern: str
    view: Callable[..., Any]
    namespaces: tuple[str, ...]


def addresses(resolver: URLResolver | None = None, before: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Address]:
    """Every address of the application."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            inner = (*spaces, each.namespace) if each.namespace else spaces
            yield from addresses(each, before + str(each.pattern), inner)
        elif isinstance(each, URLPattern):
            yield Address(
                name=each.name or "", pattern=before + str(each.pattern), view=each.callback, namespaces=spaces
            )


ALL = list(addresses())
# Programs come through one door that asks for their token; which token opens what is the business of the API's tests.
PROGRAMS = [each for each in ALL if each.namespaces == ("api",)]
OURS = [each for each in ALL if "admin" not in each.namespaces and each not in PROGRAMS]
ADMIN = [each for each in ALL if "admin" in each.namespaces]


def marked(view: Callable[..., Any]) -> bool:
    return hasattr(view, "okaeri_needs") or hasattr(view, "okaeri_public")


def key(address: Address) -> str:
    return ":".join((*address.namespaces, address.name))


@pytest.mark.parametrize("address", OURS, ids=key)
def test_every_address_is_in_the_table(address: Address) -> None:
    assert address.name, f"{address.pattern} has no name"
    assert key(address) in DOORS, f"say in DOORS to whom {key(address)} opens"


def test_the_table_names_no_address_that_is_gone() -> None:
    assert set(DOORS) <= {key(address) for address in OURS}


@pytest.mark.parametrize("address", OURS, ids=key)
def test_every_view_says_to_whom_it_opens(address: Address) -> None:
    """Views of other packages carry no mark; the middleware names each of them."""
    known = middleware.OPEN_NAMES | middleware.OWN_NAMES | middleware.CLOSED_NAMES
    foreign = address.name in known or address.name.startswith(middleware.OWN_PREFIX)

    assert marked(address.view) or foreign


def gets_in(address: Address, user: User | AnonymousUser) -> bool:
    """What the middleware answers for one person at one address."""
    request = RequestFactory().get("/" + re.sub(r"<[^>]*>|[\^$()?\\]", "x", address.pattern))
    request.user = user
    request.resolver_match = ResolverMatch(address.view, (), {}, address.name, namespaces=list(address.namespaces))
    guard = middleware.AskForPermission(lambda _request: HttpResponse())
    try:
        return guard.process_view(request, address.view, (), {}) is None
    except (PermissionDenied, Http404):
        return False


def persons() -> dict[str, User | AnonymousUser]:
    roles: dict[str, User | AnonymousUser] = {
        role.value: User.objects.create_user(f"{uuid.uuid4().hex}@komorebi.example", None, role=role) for role in Role
    }
    return {**roles, "outsider": AnonymousUser()}


@pytest.mark.django_db
def test_each_address_opens_to_the_roles_of_the_table_and_to_no_other() -> None:
    cast = persons()

    found = {
        key(address): frozenset(role for role, user in cast.items() if gets_in(address, user))
        for address in OURS
        if key(address) in DOORS
    }

    assert {name: sorted(roles) for name, roles in found.items()} == {name: sorted(DOORS[name]) for name in found}


@pytest.mark.parametrize("address", [each for each in PROGRAMS if each.name not in FOR_ALL_PROGRAMS], ids=key)
def test_an_address_for_programs_opens_to_no_session(
    address: Address, aki: User, browsing: Callable[[User], Client]
) -> None:
    """An owner's browser gets no further than a stranger's without a token."""
    path = "/" + re.sub(r"<[^>]*>|[\^$()?\\]", "1", address.pattern)

    assert browsing(aki).get(path).status_code in (401, 404, 405)


@pytest.mark.django_db
def test_the_administration_opens_to_owners_alone() -> None:
    cast = persons()

    opens = {key(address): {role for role, user in cast.items() if gets_in(address, user)} for address in ADMIN}

    closed = {f"admin:{name}" for name in middleware.CLOSED_ADMIN_NAMES}
    assert closed < set(opens)
    assert {name for name, roles in opens.items() if roles != OWNERS} == closed


@pytest.mark.django_db
def test_a_closed_account_opens_nothing_but_the_door() -> None:
    gone = User.objects.create_user("gone@komorebi.example", None, role=Role.OWNER, is_active=False)

    opened = {key(address) for address in OURS if marked(address.view) and gets_in(address, gone)}

    assert opened & set(DOORS) <= {name for name, roles in DOORS.items() if roles in (ANYBODY, PEOPLE)}


def test_the_guard_stands_before_the_real_pages(chiyo: User, browsing: Callable[[User], Client]) -> None:
    browser = browsing(chiyo)

    assert browser.get("/settings/people/").status_code == 403
    assert browser.get("/admin/").status_code == 403
    assert Client().get("/settings/people/").status_code == 302
    assert browser.get("/settings/me/").status_code == 200


def test_an_unmarked_view_opens_to_nobody(aki: User) -> None:
    unmarked = Address(name="new", pattern="new/", view=lambda request: HttpResponse("secret"), namespaces=())

    assert not gets_in(unmarked, aki)

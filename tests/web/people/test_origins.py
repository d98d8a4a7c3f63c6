"""Where a request comes from, with and without proxies that are trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from okaeri.base.errors import OkaeriError
from okaeri.web.core.people.models import User
from okaeri.web.core.people.origins import address_of
from tests.web.conftest import PASSWORD

Trusting = Callable[..., None]


@pytest.fixture
def trusting(settings: Settings) -> Trusting:
    """Names the proxies that are trusted."""

    def trust(*proxies: str) -> None:
        settings.OKAERI = replace(settings.OKAERI, proxies=proxies)

    return trust


def origin(sender: str, claim: str = "") -> str | None:
    headers = {"X-Forwarded-For": claim} if claim else {}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=sender, headers=headers))


@pytest.mark.parametrize(
    ("sender", "claim", "expected"),
    [
        ("10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first one is what the sender claimed
        ("10.0.0.2", "203.0.113.9, 10.0.0.7", "203.0.113.9"),  # through two of them
        ("10.0.0.2", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.2", "[2001:db8::9]:4711", "2001:db8::"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("::ffff:10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # no proxy of ours: its word counts for nothing
    ],
)
def test_the_word_of_a_trusted_proxy_counts_and_no_other(
    trusting: Trusting, sender: str, claim: str, expected: str
) -> None:
    trusting("10.0.0.0/8", "127.0.0.1")

    assert origin(sender, claim) == expected


def test_unless_proxies_are_named_nobody_is_believed() -> None:
    assert origin("127.0.0.1", "203.0.113.9") == "127.0.0.1"


def test_all_addresses_of_one_line_are_one() -> None:
    assert origin("2001:db8:1:2::7") == origin("2001:db8:1:2:ffff::1") != origin("2001:db8:1:3::7")


def test_a_request_from_nowhere_has_no_address() -> None:
    assert origin("") is None


def wrong_passwords(person: User, *, sender: str) -> None:
    for n in range(8):
        Client(headers={"X-Forwarded-For": sender}).post(
            "/account/login/", {"login": person.email, "password": f"wrong-{n}"}
        )


def signs_in(person: User, *, sender: str) -> bool:
    browser = Client(headers={"X-Forwarded-For": sender})
    browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return "_auth_user_id" in browser.session


def test_behind_a_trusted_proxy_a_stranger_locks_nobody_else_out(trusting: Trusting, aki: User) -> None:
    trusting("127.0.0.1")
    wrong_passwords(aki, sender="203.0.113.9")

    assert not signs_in(aki, sender="203.0.113.9")
    assert signs_in(aki, sender="198.51.100.1")


def test_nobody_escapes_the_lock_by_claiming_another_address(aki: User) -> None:
    wrong_passwords(aki, sender="203.0.113.9")

    assert not signs_in(aki, sender="198.51.100.1")


def test_what_is_no_network_is_told_when_the_application_starts(trusting: Trusting) -> None:
    with pytest.raises(OkaeriError, match=r"10\.0\.0\.0/8"):
        trusting("caddy")

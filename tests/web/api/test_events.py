"""Sources of events and their write keys, looked after by a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from okaeri.web.core.events.models import Refused, Source, WriteKey
from okaeri.web.core.events.services import add_source, source_of
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Can
from tests.web.api.conftest import NOW, Program
from tests.web.events.conftest import basic

Asking = Callable[..., Program]


def test_a_source_is_made_and_its_write_key_is_told_once(min_jun: User, program: Asking) -> None:
    asking = program(min_jun, Can.CONNECT)

    answer = asking.ask("POST", "/event-sources", {"name": "Web shop"})

    made: dict[str, Any] = answer.json()  # type: ignore[attr-defined]
    kept = str([*Source.objects.values(), *WriteKey.objects.values(), *AuditEntry.objects.values()])
    one = asking.ask("GET", answer["Location"].removeprefix("/api/v1")).json()  # type: ignore[attr-defined]
    listed = asking.ask("GET", "/event-sources").json()["items"]  # type: ignore[attr-defined]
    assert answer.status_code == 201
    assert source_of(made["key"], now=timezone.now()) == Source.objects.get()
    assert made["key"] not in kept
    assert {**one, "key": made["key"]} == made
    assert listed == [one]
    assert (one["name"], one["made_by"], one["keys"]) == (
        "Web shop",
        "Min-jun",
        [{"prefix": made["key"][:10], "ends_at": None}],
    )


def test_a_write_key_that_a_program_made_lets_events_in_until_it_is_revoked(min_jun: User, program: Asking) -> None:
    asking = program(min_jun, Can.CONNECT)
    made: dict[str, Any] = asking.ask("POST", "/event-sources", {"name": "Till"}).json()  # type: ignore[attr-defined]

    def send() -> int:
        said = {"userId": "mika", "event": "Signed Up"}
        headers = {"Authorization": basic(made["key"])}
        return Client().post("/v1/track", said, content_type="application/json", headers=headers).status_code

    before = send()
    gone = [asking.ask("DELETE", f"/event-sources/{made['id']}").status_code for _time in range(2)]

    assert (before, gone, send()) == (200, [204, 204], 401)
    assert asking.ask("GET", f"/event-sources/{made['id']}").json()["keys"] == []  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(verb="source.revoked", who=min_jun).count() == 1


def test_a_new_write_key_leaves_the_former_one_a_day(min_jun: User, program: Asking) -> None:
    source, former = add_source("Till", by=min_jun, now=NOW)

    found: dict[str, Any] = program(min_jun).ask("POST", f"/event-sources/{source.pk}/key").json()  # type: ignore[attr-defined]

    assert source_of(found["key"], now=timezone.now()) == source
    assert [(each["prefix"], each["ends_at"] is None) for each in found["keys"]] == [
        (found["key"][:10], True),
        (former[:10], False),
    ]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Web shop"])
def test_a_name_that_cannot_be_is_refused(min_jun: User, program: Asking, name: str) -> None:
    add_source("Web shop", by=min_jun, now=NOW)

    answer = program(min_jun).ask("POST", "/event-sources", {"name": name})

    assert answer.status_code == 422
    assert Source.objects.count() == 1


@pytest.mark.parametrize("place", ["99", str(2**70)])
def test_a_source_that_is_not_there_is_not_found(min_jun: User, program: Asking, place: str) -> None:
    asking = program(min_jun)
    ways = [("GET", ""), ("DELETE", ""), ("POST", "/key")]

    assert [asking.ask(method, f"/event-sources/{place}{rest}").status_code for method, rest in ways] == [404] * 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/event-sources"),
        ("POST", "/event-sources"),
        ("GET", "/event-sources/1"),
        ("POST", "/event-sources/1/key"),
        ("DELETE", "/event-sources/1"),
    ],
)
def test_write_keys_open_to_those_who_connect_alone(
    min_jun: User, haru: User, program: Asking, method: str, path: str
) -> None:
    """As on the page: not to an agent, nor to an analyst's token without the scope."""
    add_source("Web shop", by=min_jun, now=NOW)

    assert program(haru).ask(method, path).status_code == 403
    assert program(min_jun, Can.BRING_FACTS, Can.SEE_FIGURES).ask(method, path).status_code == 403


def test_what_could_not_be_used_is_told_with_its_reason(min_jun: User, program: Asking) -> None:
    source, _key = add_source("Web shop", by=min_jun, now=NOW)
    for place in range(3):
        Refused.objects.create(source=source, received_at=NOW, message_id=f"m{place}", code="nobody", message="{}")
    asking = program(min_jun, Can.BRING_FACTS)

    first = asking.ask("GET", "/refused-events?limit=2").json()  # type: ignore[attr-defined]
    last = asking.ask("GET", f"/refused-events?cursor={first['next']}").json()  # type: ignore[attr-defined]

    assert [each["message_id"] for each in (*first["items"], *last["items"])] == ["m2", "m1", "m0"]
    assert first["items"][0]["what"] == "The message has neither a userId nor an anonymousId."
    assert program(min_jun, Can.CONNECT).ask("GET", "/refused-events").status_code == 403

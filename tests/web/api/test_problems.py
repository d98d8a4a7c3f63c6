"""Every error is a problem with advice, in the language that was asked for; lists come in pages that stay put."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from okaeri.web.core.api import limits
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can
from okaeri.web.project.api import api
from tests.web.api.conftest import NOW, Program

Asking = Callable[..., Program]


def test_an_address_that_is_not_there_is_a_problem_and_no_page(db: None) -> None:
    answer = Client().get("/api/v1/moon")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_method_that_is_not_taken_says_which_are(aki: User, program: Asking) -> None:
    answer = program(aki).ask("PUT", "/webhooks")

    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"url": "\\ud800"}', b'{"url": "a\\u0000"}', b'{"x": NaN}', b"[" * 5000]
)
def test_a_body_that_cannot_be_read_is_told_and_breaks_nothing(aki: User, program: Asking, body: bytes) -> None:
    answer = program(aki).ask("POST", "/webhooks", body)

    assert answer.status_code == 400
    assert "JSON" in answer.json()["advice"]  # type: ignore[attr-defined]


def test_another_kind_of_body_is_415(aki: User, program: Asking) -> None:
    answer = Client().post(
        "/api/v1/webhooks",
        "url=x",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {program(aki).secret}"},
    )

    assert answer.status_code == 415


def test_a_body_that_is_too_large_is_413(aki: User, program: Asking) -> None:
    answer = program(aki).ask("POST", "/webhooks", b'"' + b"x" * 6_000_000 + b'"')

    assert answer.status_code == 413


def test_fields_that_cannot_be_taken_are_named(aki: User, program: Asking) -> None:
    answer = program(aki).ask("POST", "/targets", {"metric": "crr", "at_least": "much", "colour": 1})

    found = answer.json()  # type: ignore[attr-defined]
    assert answer.status_code == 422
    assert {each["where"] for each in found["errors"]} == {"body.at_least", "body.colour"}


@pytest.mark.parametrize(("language", "word"), [("ja", "トークン"), ("ko", "토큰"), ("en", "token"), ("xx", "token")])
def test_a_problem_speaks_the_language_that_was_asked_for(db: None, language: str, word: str) -> None:
    answer = Client().get("/api/v1/token", headers={"Accept-Language": language})

    assert word in answer.json()["detail"]


def test_a_token_that_asks_too_often_waits(aki: User, program: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_MINUTE", 2)
    monkeypatch.setattr(limits, "WINDOW_SECONDS", 10**9)
    asking = program(aki)
    first = asking.ask("GET", "/token")
    asking.ask("GET", "/token")

    refused = asking.ask("GET", "/token")

    assert first["RateLimit"].startswith('"token";r=1;t=')
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_pages_of_a_list_hold_every_row_once_while_new_rows_come(aki: User, program: Asking) -> None:
    made = [
        Job.objects.create(kind="predict", key=str(n), asked_at=NOW - timedelta(hours=n // 2), due_at=NOW)
        for n in range(7)
    ]
    asking, seen, cursor = program(aki), [], ""
    while True:
        answer = asking.ask("GET", f"/jobs?limit=3&cursor={cursor}").json()  # type: ignore[attr-defined]
        seen += [each["id"] for each in answer["items"]]
        Job.objects.create(kind="predict", key=f"later{len(seen)}", asked_at=NOW + timedelta(hours=1), due_at=NOW)
        if (cursor := answer["next"]) is None:
            break

    assert sorted(seen) == sorted(str(each.pk) for each in made)


@pytest.mark.parametrize("cursor", ["!", "W10", "bnVsbA", "WyIxIiwgIjIiXQ", "x" * 400])
def test_a_cursor_nobody_gave_is_told(aki: User, program: Asking, cursor: str) -> None:
    assert program(aki).ask("GET", f"/jobs?cursor={cursor}").status_code == 422


def test_every_operation_says_to_whom_it_opens() -> None:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    scopes = {each.value for each in Can} | {None}

    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["x-scope"] in scopes
            assert operation["security"] == [{"Bearer": []}]

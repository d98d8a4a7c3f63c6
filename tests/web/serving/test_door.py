"""The demo's door: open to whoever sits at this machine and has this run's token, to nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from okaeri.web.core.people.roles import Role
from okaeri.web.project import door


@pytest.fixture
def token(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of a demo that runs, whose owner is there."""
    settings.OKAERI = replace(settings.OKAERI, demo=True)
    monkeypatch.setenv(door.KEY, "")
    made = door.make()
    door.owner("ja")
    return made


def enter(token: str, **around: str) -> tuple[int, bool]:
    client = Client(REMOTE_ADDR=around.get("address", "127.0.0.1"))
    answer = client.get("/demo/", {"token": token}, headers={"host": around.get("host", "127.0.0.1:8765")})
    return answer.status_code, "_auth_user_id" in client.session


def test_the_token_signs_the_owner_in(token: str) -> None:
    assert enter(token) == (302, True)


def test_the_owner_is_made_once_and_has_no_password(token: str) -> None:
    owner = door.owner("ko")

    assert (owner.role, owner.language, owner.has_usable_password()) == (Role.OWNER, "ja", False)


@pytest.mark.parametrize("wrong", ["", "x", "x" * 200])
def test_another_token_opens_nothing(token: str, wrong: str) -> None:
    assert enter(wrong) == (404, False)


def test_the_hash_that_the_processes_know_opens_nothing(token: str) -> None:
    import os

    assert enter(os.environ[door.KEY]) == (404, False)


@pytest.mark.parametrize(
    "around",
    [{"address": "203.0.113.7"}, {"host": "okaeri.example.com"}, {"host": "127.0.0.1.example.com:80"}],
    ids=str,
)
def test_from_elsewhere_the_token_opens_nothing(token: str, around: dict[str, str]) -> None:
    assert enter(token, **around) == (404, False)


def test_the_token_of_an_earlier_run_opens_nothing(token: str) -> None:
    door.make()

    assert enter(token) == (404, False)


def test_where_there_is_no_demo_there_is_no_door(token: str, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, demo=False)

    assert enter(token) == (404, False)

"""Before anything is served: settings that hold, a port that is free, files that are fresh."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.web.project import statics
from okaeri.web.project.preparing import check_reach, where_to_listen


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens at."""
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_a_port_that_is_taken_is_said_with_the_way_out(taken: int) -> None:
    with pytest.raises(NothingUsable, match="--port"):
        where_to_listen(None, taken)


def test_unless_named_the_next_free_port_is_taken(taken: int, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, address=f"http://127.0.0.1:{taken}")

    host, port = where_to_listen(None, None)

    assert host == "127.0.0.1"
    assert taken < port <= taken + 20


def test_others_are_let_in_only_where_the_address_they_use_is_known(settings: Settings) -> None:
    with pytest.raises(OkaeriError, match="OKAERI_ADDRESS"):
        check_reach("0.0.0.0")
    settings.OKAERI = replace(settings.OKAERI, address="https://okaeri.example.com")
    check_reach("0.0.0.0")


def test_a_demo_is_never_for_others(settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, demo=True, address="https://okaeri.example.com")

    with pytest.raises(OkaeriError, match="this machine alone"):
        check_reach("0.0.0.0")


def test_the_served_files_are_made_once_per_version(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    settings.STATIC_ROOT = tmp_path / "served"
    (tmp_path / "served").mkdir()
    monkeypatch.setattr(statics, "call_command", lambda name, **options: made.append(name))

    first, again = statics.make_statics(), statics.make_statics()
    monkeypatch.setattr(statics, "_made_from", lambda: "another version")
    changed = statics.make_statics()

    assert (first, again, changed) == (True, False, True)
    assert made == ["collectstatic", "collectstatic"]

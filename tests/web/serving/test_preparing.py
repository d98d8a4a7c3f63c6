"""Before anything is served: settings that hold, a port that is free, files that are fresh."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as used
from django.db import connection
from pytest_django.fixtures import Settings

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.web.project import statics
from okaeri.web.project.preparing import check_reach, one_at_a_time, where_to_listen


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


def test_where_nobody_may_listen_the_reason_is_said() -> None:
    with pytest.raises(NothingUsable, match=r"203\.0\.113\.7.*--host"):
        where_to_listen("203.0.113.7", None)


def test_the_search_for_a_port_ends_where_ports_end(settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, address="http://127.0.0.1:65535")

    with closing(socket.socket()) as other, suppress(OSError):
        other.bind(("127.0.0.1", 65535))
        other.listen()
        with pytest.raises(NothingUsable, match="--port"):
            where_to_listen(None, None)


def test_others_are_let_in_only_where_the_address_they_use_is_known(settings: Settings) -> None:
    with pytest.raises(OkaeriError, match="OKAERI_ADDRESS"):
        check_reach("0.0.0.0")
    settings.OKAERI = replace(settings.OKAERI, hosts=("okaeri.example.com",))  # links would still lead to this machine
    with pytest.raises(OkaeriError, match="OKAERI_ADDRESS"):
        check_reach("0.0.0.0")
    settings.OKAERI = replace(settings.OKAERI, address="https://okaeri.example.com")
    check_reach("0.0.0.0")


def test_a_demo_is_never_for_others(settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, demo=True, address="https://okaeri.example.com")

    with pytest.raises(OkaeriError, match="this machine alone"):
        check_reach("0.0.0.0")


@pytest.mark.skipif("sqlite" in used.DATABASES["default"]["ENGINE"], reason="SQLite is not shared between machines")
@pytest.mark.django_db
def test_no_other_machine_changes_the_shape_of_a_shared_store_meanwhile() -> None:
    other = connection.copy()
    try:
        with one_at_a_time(), other.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where locktype = 'advisory' and granted")
            held = cursor.fetchone()
        with other.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where locktype = 'advisory' and granted")
            after = cursor.fetchone()
    finally:
        other.close()

    assert (held, after) == ((1,), (0,))


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

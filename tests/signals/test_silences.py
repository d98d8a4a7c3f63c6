"""What people do not want to hear is held back, counted, and comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.facts.workspace import Workspace
from okaeri.signals.silences import SILENCES_FILE, Silence, forget_silences, silence, silences, unsilence

NOW = datetime(2024, 5, 10, 20, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "shop", zone="Asia/Tokyo")


def test_a_silence_is_kept_with_the_local_day_it_began_on(workspace: Workspace) -> None:
    silence(workspace, kind="late_reply", customer="aki", until=date(2024, 6, 1), now=NOW)

    assert silences(Workspace.open(workspace.path)) == (
        Silence(kind="late_reply", customer="aki", until=date(2024, 6, 1), since=date(2024, 5, 11)),
    )


def test_the_same_silence_again_replaces_the_first(workspace: Workspace) -> None:
    silence(workspace, kind="late_reply", until=date(2024, 6, 1), now=NOW)
    silence(workspace, customer="aki", now=NOW)
    silence(workspace, kind="late_reply", now=NOW)

    assert [(each.kind, each.customer, each.until) for each in silences(workspace)] == [
        (None, "aki", None),
        ("late_reply", None, None),
    ]


def test_unsilencing_takes_away_exactly_what_was_named(workspace: Workspace) -> None:
    silence(workspace, kind="late_reply", customer="aki", now=NOW)
    silence(workspace, kind="late_reply", now=NOW)

    assert unsilence(workspace, kind="late_reply", customer="aki")
    assert not unsilence(workspace, customer="aki")
    assert [(each.kind, each.customer) for each in silences(workspace)] == [("late_reply", None)]


def test_a_silence_ends_on_the_day_it_names() -> None:
    quiet = Silence(kind="silence", customer=None, until=date(2024, 6, 1), since=date(2024, 5, 1))

    assert quiet.holds(date(2024, 5, 31))
    assert not quiet.holds(date(2024, 6, 1))


def test_silencing_everything_is_refused(workspace: Workspace) -> None:
    with pytest.raises(OkaeriError, match="Name a kind, a customer"):
        silence(workspace, now=NOW)


def test_a_kind_that_does_not_exist_is_refused(workspace: Workspace) -> None:
    with pytest.raises(OkaeriError, match="Use 'silence'"):
        silence(workspace, kind="silense", now=NOW)


def test_a_silence_that_would_be_over_is_refused(workspace: Workspace) -> None:
    with pytest.raises(OkaeriError, match="Name a later day"):
        silence(workspace, kind="silence", until=date(2024, 5, 11), now=NOW)


def test_a_broken_file_is_named(workspace: Workspace) -> None:
    (workspace.path / SILENCES_FILE).write_text("[{", "utf-8")

    with pytest.raises(OkaeriError, match="Move the file away"):
        silences(workspace)


def test_two_people_who_silence_at_once_both_succeed(workspace: Workspace) -> None:
    names = [f"c{n}" for n in range(20)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: silence(workspace, customer=name, now=NOW), names))

    assert {each.customer for each in silences(workspace)} == {*names}
    assert not list(workspace.path.glob(".silences-*"))


def test_a_forgotten_customer_is_named_in_no_silence(workspace: Workspace) -> None:
    silence(workspace, now=NOW, customer="aki")
    silence(workspace, now=NOW, customer="chiyo")

    forget_silences(workspace, "aki")

    assert [each.customer for each in silences(workspace)] == ["chiyo"]

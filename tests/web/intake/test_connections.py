"""Connections: real databases are asked, and only asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from okaeri.base.errors import OkaeriError
from okaeri.facts.lake import Lake
from okaeri.web.core.intake.models import Connection
from okaeri.web.core.intake.sealing import seal, unseal
from okaeri.web.core.intake.syncing import ask_for_due, next_sync
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import AuditEntry, User
from tests.web.intake.conftest import said

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)


@pytest.fixture
def kept(desk: Client, till: Path) -> Connection:
    """The till as a saved connection."""
    desk.post("/data/connections/new/database/", said())
    return Connection.objects.get()


def test_rows_of_a_database_become_facts(
    kept: Connection, desk: Client, work: Callable[..., None], workspace: Path
) -> None:
    desk.post(f"/data/connections/{kept.pk}/sync/")

    work("sync")

    kept.refresh_from_db()
    assert kept.summary is not None and kept.summary["new"] == 3
    assert "orders" in Lake(workspace / "lake").tables()
    assert Job.objects.filter(kind="measure_pages").exists()


def test_fetching_again_changes_nothing(kept: Connection, desk: Client, work: Callable[..., None]) -> None:
    for _turn in range(2):
        desk.post(f"/data/connections/{kept.pk}/sync/")
        work("sync")

    kept.refresh_from_db()
    assert kept.summary is not None and (kept.summary["new"], kept.summary["unchanged"]) == (0, 3)


def test_a_test_shows_rows_and_brings_nothing_in(kept: Connection, desk: Client, workspace: Path) -> None:
    page = desk.post(f"/data/connections/{kept.pk}/test/").content.decode()

    assert "<td>chiyo</td>" in page
    assert not Lake(workspace / "lake").tables()


def test_a_password_is_kept_sealed_and_never_shown(desk: Client, till: Path) -> None:
    url = "postgresql://reader:kohi-9-secret@127.0.0.1:1/shop"
    desk.post("/data/connections/new/database/", said(url=url))
    found = Connection.objects.get()

    page = desk.get(f"/data/connections/{found.pk}/").content.decode()

    assert unseal(found.secret) == {"password": "kohi-9-secret"}
    assert not [
        text
        for text in (page, found.secret, str(found.place), str(list(AuditEntry.objects.values_list("detail"))))
        if "kohi-9-secret" in text
    ]


def test_a_password_left_empty_stays(desk: Client, till: Path) -> None:
    desk.post("/data/connections/new/database/", said(password="kohi"))
    found = Connection.objects.get()

    desk.post(f"/data/connections/{found.pk}/", said(name="Till of Kyoto"))

    found.refresh_from_db()
    assert (found.name, unseal(found.secret)) == ("Till of Kyoto", {"password": "kohi"})


def test_another_secret_of_the_application_opens_nothing(settings: Settings) -> None:
    sealed = seal({"password": "kohi"})
    settings.SECRET_KEY = "another" * 10

    with pytest.raises(OkaeriError, match="can no longer be read"):
        unseal(sealed)


def test_what_the_database_said_is_shown_without_the_password(
    desk: Client, till: Path, work: Callable[..., None]
) -> None:
    desk.post("/data/connections/new/database/", said(statement="select * from nowhere", password="kohi-9-secret"))
    found = Connection.objects.get()

    desk.post(f"/data/connections/{found.pk}/sync/")
    work("sync")

    page = desk.get(f"/data/connections/{found.pk}/").content.decode()
    assert "The database refused: no such table: nowhere" in page
    assert "kohi-9-secret" not in page


def test_a_connection_is_asked_once_when_its_time_has_come(kept: Connection) -> None:
    Connection.objects.update(next_sync_at=NOW)

    asked = [ask_for_due(now=NOW), ask_for_due(now=NOW)]

    assert asked == [1, 0]
    assert Job.objects.filter(kind="sync").count() == 1


def test_days_turn_at_the_local_hour() -> None:
    turn = next_sync("daily", "04:00", 0, after=NOW, zone="Asia/Tokyo")

    assert turn == datetime(2026, 1, 5, 19, tzinfo=UTC)


def test_weeks_turn_on_their_day() -> None:
    turn = next_sync("weekly", "04:00", 2, after=NOW, zone="Asia/Tokyo")

    assert turn is not None and turn.astimezone(UTC) == datetime(2026, 1, 6, 19, tzinfo=UTC)


def test_a_file_in_the_folder_is_fetched(desk: Client, folder: Path, work: Callable[..., None]) -> None:
    (folder / "orders.csv").write_text("order_id,customer_id,date,amount\n1,aki,2024-01-05,40\n", "utf-8")
    desk.post("/data/connections/new/files/", {"name": "Nightly", "path": "orders.csv", "table": "orders"})
    found = Connection.objects.get()

    desk.post(f"/data/connections/{found.pk}/sync/")
    work("sync")

    found.refresh_from_db()
    assert found.summary is not None and found.summary["new"] == 1
    assert found.next_sync_at is None


def test_only_those_who_bring_facts_may_connect(haru: User, browsing: Callable[[User], Client], db: None) -> None:
    agent = browsing(haru)

    assert agent.post("/data/connections/new/database/", said()).status_code == 403
    assert not Connection.objects.exists()

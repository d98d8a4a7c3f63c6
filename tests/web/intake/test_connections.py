"""Connections: real databases are asked, and only asked."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from okaeri.base.errors import OkaeriError
from okaeri.facts.lake import Lake
from okaeri.web.core.intake.kinds import addresses, database, files
from okaeri.web.core.intake.kinds.statements import check_statement
from okaeri.web.core.intake.models import Connection
from okaeri.web.core.intake.sealing import seal, unseal
from okaeri.web.core.intake.syncing import ask_for_due, next_sync
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people.models import AuditEntry, User

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)
SELECT = "select id as order_id, buyer as customer_id, bought as ordered_at, total as amount from orders"


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The one folder connections may read."""
    found = tmp_path / "allowed"
    found.mkdir()
    settings.OKAERI = replace(settings.OKAERI, files=str(found))
    return found


@pytest.fixture
def till(folder: Path) -> Path:
    """A SQLite database with three orders."""
    with sqlite3.connect(folder / "till.db") as store:
        store.execute("create table orders (id integer, buyer text, bought text, total numeric)")
        store.executemany(
            "insert into orders values (?, ?, ?, ?)",
            [(1, "aki", "2024-01-05", 40), (2, "chiyo", "2024-01-06", 25.5), (3, "haru", "2024-01-07", 9)],
        )
    store.close()
    return folder / "till.db"


def said(**more: str) -> dict[str, str]:
    return {
        "name": "Till", "url": "sqlite:///till.db", "statement": SELECT, "table": "orders", "every": "daily",
        "at_time": "04:00", "weekday": "0", **more,
    }  # fmt: skip


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


def test_a_database_that_is_asked_cannot_be_written(till: Path) -> None:
    """The walls hold even for a statement that got past the look at its words."""
    url = database.address({"url": "sqlite:///till.db", "statement": ""})

    with database._reading(url) as connection, pytest.raises(Exception, match=r"readonly|read-only|query_only"):
        connection.exec_driver_sql("delete from orders")


def test_the_number_of_rows_is_limited(till: Path, tmp_path: Path) -> None:
    count = database.fetch({"url": "sqlite:///till.db", "statement": SELECT}, tmp_path / "out", 2)

    assert count == 2
    assert len((tmp_path / "out").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "delete from orders",
        "select 1; delete from orders",
        "with gone as (delete from orders returning *) select * from gone",
        "select * into copied from orders",
        "select pg_read_file('/etc/passwd')",
        "/* select */ drop table orders",
        "select 1 for update",
        "attach database '/etc/passwd' as x",
    ],
)
def test_a_statement_that_does_more_than_read_is_refused(statement: str) -> None:
    with pytest.raises(OkaeriError):
        check_statement(statement)


@pytest.mark.parametrize(
    "statement", ["select * from orders where note = 'delete; me'", 'with a as (select 1) select "update" from a;']
)
def test_words_in_quotes_are_only_words(statement: str) -> None:
    assert check_statement(statement) == statement.rstrip(";")


@pytest.mark.parametrize("path", ["../secret.db", "/etc/passwd", "link.db"])
def test_no_path_leads_out_of_the_folder(path: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.db").write_bytes(b"x")
    (folder / "link.db").symlink_to(tmp_path / "secret.db")

    with pytest.raises(OkaeriError, match="leads out"):
        database.address({"url": f"sqlite:///{path}"})


def test_without_a_folder_no_file_of_the_machine_is_read(settings: Settings) -> None:
    with pytest.raises(OkaeriError, match="may not read files"):
        files.check({"path": "orders.csv"})


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "::ffff:169.254.169.254", "fd00:ec2::254", "0.0.0.0"])
def test_addresses_machines_keep_for_themselves_are_never_asked(host: str) -> None:
    with pytest.raises(OkaeriError, match="keep for themselves"):
        addresses.check_host(host)


def test_a_host_hidden_in_the_query_is_looked_at_too() -> None:
    with pytest.raises(OkaeriError, match="keep for themselves"):
        database.address({"url": "postgresql://reader@127.0.0.1/shop?host=169.254.169.254"})


def test_an_address_of_mysql_finds_its_driver() -> None:
    url = database.address({"url": "mysql://reader@127.0.0.1:3306/shop", "password": "p@ss"})

    assert (url.drivername, url.password, url.database) == ("mysql+pymysql", "p@ss", "shop")


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


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL server of the test's own, with one table; its address."""
    places = ["/usr/lib/postgresql/15/bin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    found = shutil.which("initdb") or next((f"{p}/initdb" for p in places if Path(p, "initdb").exists()), None)
    if found is None or (os.geteuid() == 0 and shutil.which("setpriv") is None):
        pytest.skip("No PostgreSQL server is installed.")
    binaries, home = Path(found).parent, tmp_path / "pg"
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    for parent in home.parents[:4]:
        parent.chmod(parent.stat().st_mode | 0o055)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    port = str(54000 + os.getpid() % 9000)
    subprocess.run([*nobody, f"{binaries}/initdb", "-D", f"{home}/d", "-U", "reader", "-A", "trust"], check=True,
                   capture_output=True)  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
    control = [*nobody, f"{binaries}/pg_ctl", "-D", f"{home}/d", "-w", "-l", f"{home}/log"]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
    try:
        yield f"postgresql://reader@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)


@pytest.mark.slow
def test_postgresql_is_asked_and_cannot_be_written(postgres: str, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as store:
        store.execute("create table orders (id int, buyer text, bought timestamptz, total numeric(12, 2))")
        store.execute("insert into orders values (1, 'aki', '2024-01-05 10:00+09', 40.50), (2, 'chiyo', now(), 25)")
    values = {"url": postgres, "statement": f"{SELECT} order by id -- '12:30'"}

    count = database.fetch(values, tmp_path / "out", 10)

    assert count == 2
    assert "40.50" in (tmp_path / "out").read_text()
    with database._reading(database.address(values)) as connection, pytest.raises(Exception, match="read-only"):
        connection.exec_driver_sql("delete from orders")

"""What a connection may not do: write, reach where it should not, go on for ever."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from pytest import MonkeyPatch
from pytest_django.fixtures import Settings

from okaeri.base.errors import OkaeriError
from okaeri.web.core.intake.kinds import addresses, database, files
from okaeri.web.core.intake.kinds.kind import RUN, TRIAL
from okaeri.web.core.intake.kinds.statements import check_statement
from tests.conftest import missing
from tests.web.intake.conftest import SELECT, rebind
from tests.web.postgres import find_programs, server


def test_a_database_that_is_asked_cannot_be_written(till: Path) -> None:
    """The walls hold even for a statement that got past the look at its words."""
    url = database.address({"url": "sqlite:///till.db", "statement": ""})

    with database._reading(url, RUN) as connection, pytest.raises(Exception, match=r"readonly|read-only|query_only"):
        connection.exec_driver_sql("delete from orders")


def test_a_trial_takes_the_beginning(till: Path, tmp_path: Path) -> None:
    limits = replace(TRIAL, rows=2)

    database.fetch({"url": "sqlite:///till.db", "statement": SELECT}, tmp_path / "out", limits)

    assert len((tmp_path / "out").read_text().splitlines()) == 3


def test_more_rows_than_may_be_are_told_and_not_cut_off(till: Path, tmp_path: Path) -> None:
    limits = replace(RUN, rows=2)

    with pytest.raises(OkaeriError, match="more than 2 rows"):
        database.fetch({"url": "sqlite:///till.db", "statement": SELECT}, tmp_path / "out", limits)


def test_a_question_without_end_is_ended(till: Path, tmp_path: Path) -> None:
    endless = "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t"

    with pytest.raises(OkaeriError, match="interrupted"):
        database.fetch({"url": "sqlite:///till.db", "statement": endless}, tmp_path / "out", replace(TRIAL, seconds=1))


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


@pytest.mark.parametrize(
    ("backend", "statement"),
    [
        ("postgresql", r"select '\'; commit; delete from orders; --'"),
        ("postgresql", "select a$b$, 'x' from t; delete from orders; select a$b$ from t"),
        ("postgresql", "select 1 --'\n; delete from orders; --'"),
        ("postgresql", "select 1 /* /* */ '*/ ; delete from orders; --'"),
        ("mysql", "select 1 /*!50000 into outfile '/x' */"),
        ("mysql", "select 1--1 into outfile '/x'"),
    ],
)
def test_nothing_hides_behind_quotes_another_database_would_tell_otherwise(backend: str, statement: str) -> None:
    with pytest.raises(OkaeriError, match=r"more than one|no place|cannot be read"):
        check_statement(statement, backend=backend)


def test_a_backslash_in_quotes_is_told_as_each_database_tells_it() -> None:
    statement = r"select * from orders where note = 'it\'s; late'"

    assert check_statement(statement, backend="mysql") == statement
    with pytest.raises(OkaeriError, match="more than one"):
        check_statement(statement, backend="postgresql")


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


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader@127.0.0.1/shop?host=169.254.169.254",
        "postgresql://reader@127.0.0.1/shop?hostaddr=169.254.169.254",
        "postgresql://reader@127.0.0.1/shop?service=other",
        "mysql://reader@127.0.0.1/shop?unix_socket=/run/mysqld.sock",
        "mysql://reader@127.0.0.1/shop?local_infile=1",
        "mysql://reader@127.0.0.1/shop?read_default_file=/etc/passwd",
        "mssql+pyodbc://reader@127.0.0.1/shop?odbc_connect=x",
    ],
)
def test_what_would_lead_elsewhere_has_no_place_in_an_address(url: str) -> None:
    with pytest.raises(OkaeriError, match="has no place in the address"):
        database.address({"url": url})


@pytest.mark.parametrize("url", ["postgresql:///shop", "postgresql://reader@/shop", "duckdb:///etc/passwd"])
def test_an_address_without_a_host_is_not_a_socket_of_this_machine(url: str) -> None:
    with pytest.raises(OkaeriError, match="socket on this machine"):
        database.address({"url": url})


def test_a_name_that_leads_elsewhere_a_moment_later_is_not_followed(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    """The address that was looked at is the one that is spoken to, whatever the name says when it is asked again."""
    values = {"statement": "select 1"}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        rebind(monkeypatch, "db.example.test", port)
        asking = Thread(target=_asked, args=(values | {"url": f"mysql://reader@db.example.test:{port}/shop"}, tmp_path))
        asking.start()
        listener.settimeout(10)
        reached, _peer = listener.accept()
        reached.close()
        asking.join(10)

    assert not asking.is_alive()


def _asked(values: dict[str, str], folder: Path) -> None:
    with suppress(OkaeriError):
        database.fetch(values, folder / "out", TRIAL)


def test_an_address_of_mysql_finds_its_driver() -> None:
    url = database.address({"url": "mysql://reader@127.0.0.1:3306/shop", "password": "p@ss"})

    assert (url.drivername, url.password, url.database) == ("mysql+pymysql", "p@ss", "shop")


@pytest.fixture
def postgres() -> Iterator[str]:
    """A PostgreSQL server of the test's own, with one table; its address."""
    programs = find_programs()
    if programs is None:
        missing("No PostgreSQL server is installed (Debian: apt-get install postgresql).")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with server(programs, port=port) as address:
        yield address


@pytest.mark.slow
def test_postgresql_is_asked_and_cannot_be_written(postgres: str, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as store:
        store.execute("create table orders (id int, buyer text, bought timestamptz, total numeric(12, 2))")
        store.execute("insert into orders values (1, 'aki', '2024-01-05 10:00+09', 40.50), (2, 'chiyo', now(), 25)")
    values = {"url": postgres, "statement": f"{SELECT} order by id -- '12:30'"}

    database.fetch(values, tmp_path / "out", RUN)

    assert len((tmp_path / "out").read_text().splitlines()) == 3
    assert "40.50" in (tmp_path / "out").read_text()
    with database._reading(database.address(values), RUN) as connection, pytest.raises(Exception, match="read-only"):
        connection.exec_driver_sql("delete from orders")


@pytest.mark.slow
def test_postgresql_is_reached_at_the_address_that_was_checked(
    postgres: str, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    """The driver asks the system for names, which knows none that ends in .test."""
    rebind(monkeypatch, "db.example.test", 0)
    values = {"url": postgres.replace("127.0.0.1", "db.example.test"), "statement": "select 7 as seven"}

    database.fetch(values, tmp_path / "out", RUN)

    assert (tmp_path / "out").read_text().split() == ["seven", "7"]

"""Any database SQLAlchemy knows: one SELECT, in a transaction that cannot write, with a limit on rows and time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.web.core.intake.kinds.addresses import check_host
from okaeri.web.core.intake.kinds.inside import inside
from okaeri.web.core.intake.kinds.kind import BATCH, SECONDS, Field, Place, Values
from okaeri.web.core.intake.kinds.statements import check_statement

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql",
            "mariadb": "mysql+pymysql"}  # fmt: skip
_STATEMENT_SECONDS = 1800


def address(values: Values) -> URL:
    """The database's address with the driver that is installed and the password that is kept apart.

    Raises `OkaeriError` for an address that cannot be read, or that leads where connections may not go.
    """
    from sqlalchemy.engine import make_url  # heavy: only where a database is asked
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(values["url"].strip())
    except (ArgumentError, ValueError):
        raise OkaeriError(
            _("The address of the database cannot be read."),
            advice=_("Write it like {example}.").format(example="postgresql://reader@db.example.com/shop"),
        ) from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if values.get("password"):
        url = url.set(password=values["password"])
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    named = url.query.get("host", ())  # libpq reads hosts there too, and they would win
    for host in (url.host or "", *((named,) if isinstance(named, str) else named)):
        _check(host)
    return url


def _check(hosts: str) -> None:
    for host in hosts.split(","):
        if host.startswith("/"):
            raise OkaeriError(
                _("A socket on this machine cannot be connected to from here."), advice=_("Name a host instead.")
            )
        check_host(host)


def _sqlite(url: URL) -> URL:
    path = inside(url.database or "", allowed=settings.OKAERI.files)
    return url._replace(  # `set` would keep what is None
        username=None, password=None, host=None, port=None, database=f"file:{path}"
    ).set(query={"mode": "ro", "uri": "true"})


def check(values: Values) -> None:
    """Raise `OkaeriError` for an address or a statement that will not do."""
    check_statement(values.get("statement", ""))
    address(values)


def fetch(values: Values, target: Path, rows: int) -> int:
    """Write the rows of the statement to a Parquet file, every value as text or as what it is; how many there were."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    statement = check_statement(values["statement"])
    try:
        with _reading(address(values)) as connection:
            # a colon in the statement is a colon, not a parameter
            result = connection.execution_options(stream_results=True, yield_per=BATCH).execute(
                text(statement.replace("\\", "\\\\").replace(":", "\\:"))
            )
            return _write(list(result.keys()), result.partitions(BATCH), target, rows=rows)
    except SQLAlchemyError as error:
        raise _refused(error) from None


@contextmanager
def _reading(url: URL) -> Iterator[Connection]:
    """A connection whose transaction cannot write, as far as the database knows how."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    backend = url.get_backend_name()
    given: dict[str, Any] = {} if backend == "sqlite" else {"connect_timeout": SECONDS}
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=given, hide_parameters=True)
    except (NoSuchModuleError, ImportError):
        raise OkaeriError(
            _("No driver for {kind} is installed.").format(kind=backend),
            advice=_("PostgreSQL, MySQL and SQLite work as they are; for others install their SQLAlchemy driver."),
        ) from None
    with engine.connect() as connection:
        for order in _walls(backend):
            connection.execute(text(order))
        try:
            yield connection
        finally:
            connection.rollback()


def _walls(backend: str) -> tuple[str, ...]:
    if backend == "postgresql":
        return ("set transaction read only", f"set local statement_timeout = '{_STATEMENT_SECONDS}s'")
    if backend in ("mysql", "mariadb"):
        return ("set session transaction read only", "rollback", "start transaction read only")
    return ("pragma query_only = on",) if backend == "sqlite" else ()


def _write(names: list[str], batches: Any, target: Path, *, rows: int) -> int:
    """As CSV, since what a driver gives has no one type for a whole column; nothing but one batch is held."""
    import csv

    count = 0
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for batch in batches:
            fitting = batch[: rows - count]
            writer.writerows([_cell(value) for value in row] for row in fitting)
            count += len(fitting)
            if count >= rows:
                break
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def _refused(error: Exception) -> OkaeriError:
    """What the database said, without the address or a value in it."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return OkaeriError(
        _("The database refused: {why}").format(why=said[0][:200] if said else type(error).__name__),
        advice=_("See that host, name, password and statement are right, and that this user may read the tables."),
    )


DATABASE = Place(
    name="database",
    title=_("A database"),
    words=_("PostgreSQL, MySQL, SQLite or any other that SQLAlchemy knows. One SELECT is asked, read-only."),
    fields=(
        Field(
            name="url",
            label=_("Address"),
            hint=_("Without the password, which has a field of its own."),
            example="postgresql://reader@db.example.com/shop",
        ),
        Field(name="password", label=_("Password"), hint=_("Kept encrypted and never shown again."), secret=True,
              needed=False),
        Field(
            name="statement",
            label=_("What to ask"),
            hint=_("One SELECT. Every run reads all its rows; rows that are there already change nothing."),
            example="select id, customer_id, created_at, total from orders",
            long=True,
        ),
    ),
    check=check,
    fetch=fetch,
)  # fmt: skip

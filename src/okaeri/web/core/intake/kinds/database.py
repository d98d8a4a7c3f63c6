"""Any database SQLAlchemy knows: one SELECT, in a transaction that cannot write, with a limit on rows and time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.conf import settings

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.base.units import Shown, Unit
from okaeri.web.core.intake.kinds.addresses import check_host, connected
from okaeri.web.core.intake.kinds.inside import inside
from okaeri.web.core.intake.kinds.kind import BATCH, SECONDS, Field, Limits, Place, Values
from okaeri.web.core.intake.kinds.statements import check_statement

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql",
            "mariadb": "mysql+pymysql", "sqlite": "sqlite+pysqlite"}  # fmt: skip
# What may stand behind the ? of an address. Drivers know more: other hosts, sockets, files of this machine to send.
_OPTIONS = {
    "postgresql": {"application_name", "channel_binding", "client_encoding", "sslmode", "sslnegotiation",
                   "sslrootcert", "target_session_attrs"},
    "mysql": {"charset", "ssl_ca", "ssl_check_hostname"},
}  # fmt: skip
_ELSEWHERE = {"dsn", "host", "hostaddr", "local_infile", "odbc_connect", "server", "service", "unix_socket"}
_MYSQL_PORT = 3306


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
    url = url.set(drivername=_DRIVERS.get(url.get_backend_name(), url.drivername))
    if values.get("password"):
        url = url.set(password=values["password"])
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    _check_options(url)
    _check_host(url)
    return url


def _check_options(url: URL) -> None:
    allowed = _OPTIONS.get(url.get_backend_name())
    for name in url.query:
        if name not in allowed if allowed is not None else name.lower() in _ELSEWHERE:
            raise OkaeriError(
                _("{option} has no place in the address of a database.").format(option=name),
                advice=_("Leave it out; these may stand there: {names}.").format(
                    names=", ".join(sorted(allowed or ())) or "–"
                ),
            )


def _check_host(url: URL) -> tuple[str, ...]:
    """The addresses of the database; without a host a driver would take a socket on this machine."""
    host = url.host or ""
    if not host or host.startswith("/"):
        raise OkaeriError(
            _("A socket on this machine cannot be connected to from here."), advice=_("Name a host instead.")
        )
    return check_host(host)


def _sqlite(url: URL) -> URL:
    path = inside(url.database or "", allowed=settings.OKAERI.files)
    return url._replace(  # `set` would keep what is None
        username=None, password=None, host=None, port=None, database=f"file:{path}"
    ).set(query={"mode": "ro", "uri": "true"})


def check(values: Values) -> None:
    """Raise `OkaeriError` for an address or a statement that will not do."""
    check_statement(values.get("statement", ""), backend=address(values).get_backend_name())


def fetch(values: Values, target: Path, limits: Limits) -> None:
    """Write the rows of the statement to a CSV file; raises `OkaeriError` when there are more than may be."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    url = address(values)
    statement = check_statement(values["statement"], backend=url.get_backend_name())
    try:
        with _reading(url, limits) as connection:
            # a colon in the statement is a colon, not a parameter
            result = connection.execution_options(stream_results=True, yield_per=BATCH).execute(
                text(statement.replace("\\", "\\\\").replace(":", "\\:"))
            )
            _write(list(result.keys()), result.partitions(BATCH), target, limits)
    except SQLAlchemyError as error:
        raise _refused(error) from None


@contextmanager
def _reading(url: URL, limits: Limits) -> Iterator[Connection]:
    """A connection whose transaction cannot write and ends in time, as far as the database knows how."""
    from sqlalchemy import create_engine, event, text
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    family = url.get_backend_name()
    try:
        given = _connecting(url, limits)
        engine = create_engine(url, poolclass=NullPool, connect_args=given, hide_parameters=True)
    except (NoSuchModuleError, ImportError):
        raise OkaeriError(
            _("No driver for {kind} is installed.").format(kind=family),
            advice=_("PostgreSQL, MySQL and SQLite work as they are; for others install their SQLAlchemy driver."),
        ) from None
    if family == "mysql":
        addresses, port = _check_host(url), url.port or _MYSQL_PORT
        event.listen(
            engine, "do_connect", lambda dialect, _record, args, named: _mysql(dialect, named, addresses, port)
        )
    with engine.connect() as connection:
        for order in _walls(connection, limits):
            connection.execute(text(order))
        if family == "sqlite":
            _end_in_time(connection, limits.seconds)
        try:
            yield connection
        finally:
            connection.rollback()


def _connecting(url: URL, limits: Limits) -> dict[str, Any]:
    """What the driver is told beside the address: how long to wait and, where it can be, which host was checked."""
    family = url.get_backend_name()
    if family == "sqlite":
        return {}
    if family == "postgresql":
        addresses = _check_host(url)
        hosts = ",".join([url.host or ""] * len(addresses))  # the name stays, since certificates are made out to it
        return {"connect_timeout": SECONDS, "host": hosts, "hostaddr": ",".join(addresses)}
    if family == "mysql":
        return {"connect_timeout": SECONDS, "read_timeout": limits.seconds, "write_timeout": SECONDS}
    return {"connect_timeout": SECONDS}


def _mysql(dialect: Any, named: dict[str, Any], addresses: tuple[str, ...], port: int) -> Any:
    """The driver takes a connection that is made already, and still knows the host by its name."""
    made = dialect.loaded_dbapi.connect(**named, defer_connect=True)
    try:
        reached = connected(addresses, port)
    except OSError as error:
        raise dialect.loaded_dbapi.OperationalError(str(error)) from None
    reached.settimeout(None)
    made.connect(reached)
    return made


def _end_in_time(connection: Connection, seconds: int) -> None:
    """SQLite knows no time limit: it asks now and then whether to go on."""
    until = monotonic() + seconds
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: int(monotonic() > until), 100_000)


def _walls(connection: Connection, limits: Limits) -> tuple[str, ...]:
    family = connection.engine.url.get_backend_name()
    if family == "postgresql":
        return (
            "set transaction read only",
            "set local standard_conforming_strings = on",
            f"set local statement_timeout = '{limits.seconds}s'",
        )
    if family == "mysql":
        is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
        limit = f"max_statement_time = {limits.seconds}" if is_mariadb else f"max_execution_time = {limits.seconds}000"
        modes = "set session sql_mode = 'TRADITIONAL'"  # what stands in quotes is told as MySQL tells it unasked
        return (modes, f"set session {limit}", "set session transaction read only", "rollback",
                "start transaction read only")  # fmt: skip
    return ("pragma query_only = on",) if family == "sqlite" else ()


def _write(names: list[str], batches: Any, target: Path, limits: Limits) -> None:
    """As CSV, since what a driver gives has no one type for a whole column; nothing but one batch is held."""
    count = 0
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for batch in batches:
            writer.writerows([_cell(value) for value in row] for row in batch[: limits.rows - count])
            count += len(batch)
            if count > limits.rows:
                break
    if count > limits.rows and not limits.trial:
        raise OkaeriError(
            _("The statement gives more than {n} rows.").format(n=Shown(limits.rows, Unit.COUNT)),
            advice=_("Ask for fewer of them, by their day for instance."),
        )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
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

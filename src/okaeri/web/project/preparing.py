"""What must be true before the application answers: settings that hold, tables as this version knows them, files."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _
from okaeri.facts.locks import held, hold_shared
from okaeri.web.project.archive import in_use
from okaeri.web.project.sparing import SPARING
from okaeri.web.project.statics import make_statics

PORT = 8765
LAST_PORT = 65535
NEARBY = 20
HERE = ("127.0.0.1", "::1", "localhost")
_SHAPE = 0x6F6B616572690001  # any number that nobody else locks: "okaeri" and one


def prepare() -> None:
    """Bring the store and the served files to this version, one process at a time."""
    prepare_store()
    make_statics()


def prepare_store() -> None:
    """Bring the store's tables to this version."""
    with one_at_a_time():
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Be the only process that changes the store's shape: of this machine, and of all that share a PostgreSQL."""
    with held(settings.OKAERI.workspace / ".locks" / "serving"):
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [_SHAPE])
            try:
                yield
            finally:
                cursor.execute("select pg_advisory_unlock(%s)", [_SHAPE])


def where_to_listen(host: str | None, port: int | None) -> tuple[str, int]:
    """The host and port to take; raises `NothingUsable` when the port that was named is taken.

    Unless named they are those of the address when that is on this machine, else the next free ones.
    """
    address = urlsplit(settings.OKAERI.address)
    is_here = address.hostname in ("127.0.0.1", "localhost") and address.scheme == "http"
    chosen = host or "127.0.0.1"
    first = port or (address.port if is_here and address.port else PORT)
    for candidate in [first] if port else [*range(first, min(first + NEARBY, LAST_PORT + 1))]:
        if _is_free(chosen, candidate):
            return chosen, candidate
    raise NothingUsable(
        _("Port {port} is taken.").format(port=first),
        advice=_("Leave --port out and a free one is found, or name another."),
    )


def check_reach(host: str) -> None:
    """Refuse to listen to the network under an address that only this machine can use."""
    if host not in HERE and urlsplit(settings.OKAERI.address).hostname in HERE:
        raise OkaeriError(
            _("Others could reach {host}, but the address people use is not set.").format(host=host),
            advice=_('Write address = "https://…" under [web] in okaeri.toml, or set OKAERI_ADDRESS.'),
        )
    if host not in HERE and settings.OKAERI.demo:
        raise OkaeriError(
            _("A demo is for this machine alone."), advice=_("Leave --host out, or serve a workspace of your own.")
        )


def hand_over(*parts: str, announce: str, listen: str = "") -> NoReturn:
    """Become the supervisor: the same process, without what preparing took to memory."""
    os.environ |= SPARING
    _mark_in_use()
    os.environ["OKAERI_ANNOUNCE"] = announce  # not on the command line, which everybody on the machine may read
    if listen:
        os.environ["OKAERI_LISTEN"] = listen
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "okaeri.web.project.supervising", *parts])


def _mark_in_use() -> None:
    """Hold the workspace until this process ends, also as the program it becomes: nobody may replace it meanwhile."""
    os.set_inheritable(hold_shared(in_use(settings.OKAERI.workspace)), True)


def _is_free(host: str, port: int) -> bool:
    """Whether the port can be had; raises `NothingUsable` where nobody may listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise NothingUsable(
            _("Nothing can listen at {host}, port {port}: {why}.").format(host=host, port=port, why=error.strerror),
            advice=_("Name an address of this machine with --host, and a port above 1023 with --port."),
        ) from error
    return True

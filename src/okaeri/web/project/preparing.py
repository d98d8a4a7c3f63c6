"""What must be true before the application answers: settings that hold, tables as this version knows them, files."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _
from okaeri.facts.locks import held
from okaeri.web.project.statics import make_statics

PORT = 8765
NEARBY = 20
HERE = ("127.0.0.1", "::1", "localhost")


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
    """Be the only process of this machine that changes the store's shape."""
    with held(settings.OKAERI.workspace / ".locks" / "serving"):
        yield


def where_to_listen(host: str | None, port: int | None) -> tuple[str, int]:
    """The host and port to take; raises `NothingUsable` when the port that was named is taken.

    Unless named they are those of the address when that is on this machine, else the next free ones.
    """
    address = urlsplit(settings.OKAERI.address)
    is_here = address.hostname in ("127.0.0.1", "localhost") and address.scheme == "http"
    chosen = host or "127.0.0.1"
    first = port or (address.port if is_here and address.port else PORT)
    for candidate in [first] if port else [*range(first, first + NEARBY)]:
        if _is_free(chosen, candidate):
            return chosen, candidate
    raise NothingUsable(
        _("Port {port} is taken.").format(port=first),
        advice=_("Leave --port out and a free one is found, or name another."),
    )


def check_reach(host: str) -> None:
    """Refuse to listen to the network under an address that only this machine can use."""
    if host not in HERE and urlsplit(settings.OKAERI.address).hostname in HERE and not settings.OKAERI.hosts:
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
    os.environ |= {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}  # both have threads of their own; memory is dearer
    os.environ["OKAERI_ANNOUNCE"] = announce  # not on the command line, which everybody on the machine may read
    if listen:
        os.environ["OKAERI_LISTEN"] = listen
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "okaeri.web.project.supervising", *parts])


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True

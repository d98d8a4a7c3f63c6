"""Take a consistent copy of a workspace while it is in use.

Nobody writes to the lake while both stores are copied, the lake by links where the disk has them. What was on its way
from one to the other is still in the operational store then, and landing what landed already changes nothing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from okaeri import __version__
from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _
from okaeri.facts.contracts import TABLES
from okaeri.facts.locks import held
from okaeri.facts.places import Places
from okaeri.web.project.archive import ROWS, write_archive
from okaeri.web.project.databases import STORE

_STAGING = ".backup-"
_SMALL_BYTES = 1 << 20
_LEFT_OUT = ("lake", STORE, f"{STORE}-wal", f"{STORE}-shm", ROWS, ".locks")  # copied otherwise, or of no use
_NOT_ROWS = ("contenttypes", "auth.permission", "sessions", "django_q")


def back_up(out: Path, *, now: datetime) -> int:
    """Write everything of the workspace into one new file; returns how many files it holds.

    Raises `OkaeriError` when the file is there already or cannot be written.
    """
    if out.exists():
        raise OkaeriError(
            _("There is a file {path} already.").format(path=out), advice=_("Name another, or move it away.")
        )
    try:
        return _write(out, settings.OKAERI.workspace, now=now)
    except OSError as error:
        raise NothingUsable(
            _("The backup could not be written: {why}.").format(why=error),
            advice=_("See that its folder exists, and that there is room there and on the disk of the workspace."),
        ) from error


def _write(out: Path, workspace: Path, *, now: datetime) -> int:
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    with _staging(workspace) as folder:
        with _at_rest(workspace / "lake") as tables:
            store = copy_store(folder)
            copy_lake(workspace / "lake", folder / "lake", tables=tables)
        _copy_rest(workspace, folder, leave_out=out)
        try:
            about = {"okaeri": __version__, "made_at": now.isoformat(), "store": store}
            count = write_archive(partial, folder, about=about)
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
    return count


def copy_store(folder: Path) -> str:
    """Copy the accounts, the jobs and the rest of the operational store as of one moment; returns which kind it is."""
    if connection.vendor == "sqlite":
        source = settings.DATABASES["default"]["NAME"]
        with closing(sqlite3.connect(source, timeout=20)) as live, closing(sqlite3.connect(folder / STORE)) as copy:
            live.backup(copy)
            copy.execute("pragma journal_mode=delete")  # one file, without a log beside it
        return "sqlite"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read")
        options = {"format": "jsonl", "output": str(folder / ROWS), "exclude": _NOT_ROWS, "verbosity": 0}
        call_command("dumpdata", natural_foreign=True, use_base_manager=True, **options)
    return "postgresql"


@contextmanager
def _at_rest(lake: Path) -> Iterator[list[str]]:
    """Hold off everybody who writes to the lake; yields its tables."""
    places = Places(lake.absolute())
    with ExitStack() as locks:
        locks.enter_context(held(places.erasing))  # first, as an erasure does
        for table in sorted({*TABLES, *_tables(lake)}):  # also those that might come to be meanwhile
            locks.enter_context(held(places.lock(table)))
        yield _tables(lake)


def _tables(lake: Path) -> list[str]:
    return sorted(path.parent.name for path in lake.glob("*/_delta_log"))


def copy_lake(lake: Path, target: Path, *, tables: Iterable[str]) -> None:
    """Copy tables that nobody writes to, and the receipts of erasures; what is derived is made again."""
    places = Places(lake.absolute())
    for folder in [*map(places.folder, tables), places.erasures]:
        _link_all(folder, target / folder.name)


def _copy_rest(workspace: Path, folder: Path, *, leave_out: Path) -> None:
    for path in sorted(workspace.iterdir()):
        if path.name in _LEFT_OUT or path.name.startswith((_STAGING, ".okaeri-")) or path == leave_out:
            continue
        if path.is_dir():
            _link_all(path, folder / path.name, leave_out=leave_out)
        elif path.is_file():
            _link(path, folder / path.name)


def _link_all(source: Path, target: Path, *, leave_out: Path | None = None) -> None:
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_symlink() or not path.is_file() or path == leave_out:
            continue
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        _link(path, copy)


def _link(path: Path, copy: Path) -> None:
    """A link where the file is large, and so never written again; small ones, which may be, are copied."""
    try:
        if path.stat().st_size >= _SMALL_BYTES and path.suffix == ".parquet":
            os.link(path, copy)
            return
    except OSError:  # a disk without links
        pass
    try:
        shutil.copyfile(path, copy)
    except FileNotFoundError:  # replaced or tidied away this very moment, by somebody who holds no lock of the lake
        copy.unlink(missing_ok=True)


@contextmanager
def _staging(workspace: Path) -> Iterator[Path]:
    """A folder on the workspace's own disk; what a backup that was killed left is swept away."""
    with held(workspace / ".locks" / "backup"):
        for left in workspace.glob(f"{_STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=workspace))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

"""Take a consistent copy of a workspace while it is in use.

The store first, then the lake: what is written between the two is in the lake already, and landing it again changes
nothing. The lake is copied as it is at one moment between two writes, by links where the disk has them.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from okaeri import __version__
from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.locks import held
from okaeri.facts.places import Places
from okaeri.web.project.archive import ROWS, write_archive
from okaeri.web.project.databases import STORE

_STAGING = ".backup-"
_SMALL_BYTES = 1 << 20
_MADE_AGAIN = ("lake", STORE, f"{STORE}-wal", f"{STORE}-shm", ".locks")
_NOT_ROWS = ("contenttypes", "auth.permission", "sessions", "django_q")


def back_up(out: Path, *, now: datetime) -> int:
    """Write everything of the workspace into one new file; returns how many files it holds.

    Raises `OkaeriError` when the file is there already.
    """
    if out.exists():
        raise OkaeriError(
            _("There is a file {path} already.").format(path=out), advice=_("Name another, or move it away.")
        )
    workspace: Path = settings.OKAERI.workspace
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    with _staging(workspace) as folder:
        store = copy_store(folder)
        copy_lake(workspace / "lake", folder / "lake")
        _copy_rest(workspace, folder, leave_out=out)
        try:
            count = write_archive(
                partial, folder, about={"okaeri": __version__, "made_at": now.isoformat(), "store": store}
            )
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


def copy_lake(lake: Path, target: Path) -> None:
    """Copy every table as it is between two writes, all at the same moment; what is derived is made again."""
    if not lake.is_dir():
        return
    places = Places(lake.absolute())
    tables = sorted(path.parent.name for path in lake.glob("*/_delta_log"))
    with ExitStack() as locks:
        locks.enter_context(held(places.erasing))  # first, as an erasure does
        for table in tables:
            locks.enter_context(held(places.lock(table)))
        for folder in [*map(places.folder, tables), places.erasures]:
            _link_all(folder, target / folder.name)


def _copy_rest(workspace: Path, folder: Path, *, leave_out: Path) -> None:
    for path in sorted(workspace.iterdir()):
        if path.name in _MADE_AGAIN or path.name.startswith((_STAGING, ".okaeri-")) or path == leave_out:
            continue
        if path.is_dir():
            _link_all(path, folder / path.name, leave_out=leave_out)
        elif path.is_file():
            shutil.copyfile(path, folder / path.name)


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

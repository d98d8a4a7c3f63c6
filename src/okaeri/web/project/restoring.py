"""Bring a workspace back: unpacked beside its place and checked, then put there in one step.

It runs without Django, whose settings need a workspace; rows for PostgreSQL are loaded once there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import _
from okaeri.facts.locks import held_if_free
from okaeri.web.project.archive import ROWS, in_use, read_archive
from okaeri.web.project.config import read_config


def main(arguments: list[str]) -> None:
    """`restore FILE [--force] [--json]` for the workspace of OKAERI_WORKSPACE."""
    parser = argparse.ArgumentParser(prog="okaeri restore")
    parser.add_argument("file", type=Path)
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    target = Path(os.environ.get("OKAERI_WORKSPACE", "okaeri-workspace")).absolute()
    found, aside = restore(asked.file, target, force=asked.force, now=datetime.now(UTC))
    if found["store"] == "postgresql":
        load_rows(target, force=asked.force)
    if asked.json:
        print(json.dumps({"workspace": str(target), "made_at": found["made_at"], "before": str(aside or "")}))
        return
    print(_("✓ The workspace of {moment} is in {path}.").format(moment=found["made_at"], path=target))
    if aside:
        print(_("  What was there before is in {path}.").format(path=aside))


def restore(source: Path, target: Path, *, force: bool, now: datetime) -> tuple[dict[str, Any], Path | None]:
    """Unpack a backup and put it in place; returns what it says of itself, and where the former workspace went.

    Raises `OkaeriError` when something is there and `force` is not given, or when the backup is not whole.
    """
    is_there = target.exists() and any(target.iterdir())
    if is_there and not force:
        raise OkaeriError(
            _("There is something in {path} already.").format(path=target),
            advice=_("Name another folder with --workspace, or add --force to replace it."),
        )
    site = target.with_name(f".{target.name}.restoring")
    shutil.rmtree(site, ignore_errors=True)
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")
    try:
        site.mkdir(parents=True, mode=0o700)
        found = read_archive(source, site)
        _check(site, found)
        _make_private(site)
        with _unused(target) if is_there else nullcontext():
            return found, _swap(site, target, aside=aside)
    finally:
        shutil.rmtree(site, ignore_errors=True)


def _check(site: Path, found: dict[str, Any]) -> None:
    """Refuse what is no workspace, and accounts in SQLite where the settings would not look for them."""
    if not (site / "okaeri.toml").is_file() or found.get("store") not in ("sqlite", "postgresql"):
        raise OkaeriError(_("This file is no backup of Okaeri."), advice=_("Name a file that `okaeri backup` wrote."))
    if found["store"] == "sqlite" and read_config({**os.environ, "OKAERI_WORKSPACE": str(site)}).database:
        raise OkaeriError(
            _("The accounts of this backup are in SQLite, but the settings name another database."),
            advice=_("Leave OKAERI_DATABASE unset, take `database` out of okaeri.toml, and restore again."),
        )


@contextmanager
def _unused(target: Path) -> Iterator[None]:
    """Keep everybody from serving the workspace that goes; raises `OkaeriError` while somebody does."""
    with held_if_free(in_use(target)) as mine:
        if not mine:
            raise OkaeriError(
                _("The workspace in {path} is being served.").format(path=target),
                advice=_("Stop `okaeri serve` or `okaeri worker` there first, or restore into another folder."),
            )
        yield


def _make_private(site: Path) -> None:
    for part in ("lake", "quarantine", "imports"):
        (site / part).mkdir(exist_ok=True)
    if (site / "secret.key").exists():
        (site / "secret.key").chmod(0o600)
    site.chmod(0o755)


def _swap(site: Path, target: Path, *, aside: Path) -> Path | None:
    if not target.exists():
        site.rename(target)
        return None
    if not any(target.iterdir()):
        target.rmdir()
        site.rename(target)
        return None
    target.rename(aside)
    site.rename(target)
    return aside


def load_rows(target: Path, *, force: bool) -> None:
    """Load the rows of the operational store into the PostgreSQL that the settings name."""
    command = [sys.executable, "-m", "okaeri.web", "load_rows", str(target / ROWS), *(["--force"] if force else [])]
    if subprocess.run(command, env={**os.environ, "OKAERI_WORKSPACE": str(target)}).returncode:
        raise NothingUsable(
            _("The files are in place, the rows of the database are not."),
            advice=_("Set OKAERI_DATABASE to an empty PostgreSQL database and restore again with --force."),
        )
    (target / ROWS).unlink()

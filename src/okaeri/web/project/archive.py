"""The form of a backup: a tar of plain files, the first of which lists the others with their sizes and checksums.

Nothing here knows Django: a backup is read where there is no workspace yet.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

FORMAT = 1
MANIFEST = "manifest.json"
ROWS = "store.jsonl"
_CHUNK = 1 << 20
_MANIFEST_BYTES = 64 << 20


def in_use(workspace: Path) -> Path:
    """The lock that whoever serves a workspace shares, and whoever replaces it needs alone."""
    return workspace / ".locks" / "in-use"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One file of a backup."""

    size: int
    sha256: str


def write_archive(out: Path, folder: Path, *, about: Mapping[str, Any]) -> int:
    """Put every file of a folder into a new archive that only its owner can read; returns how many there are."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    files = {path.relative_to(folder).as_posix(): _listed(path) for path in paths}
    manifest = {**about, "format": FORMAT, "files": {name: [each.size, each.sha256] for name, each in files.items()}}
    handle = _new_file(out)
    with handle, tarfile.open(fileobj=handle, mode="w:gz", compresslevel=3, format=tarfile.PAX_FORMAT) as tar:
        words = json.dumps(manifest, ensure_ascii=False).encode("utf-8")
        tar.addfile(_member(MANIFEST, len(words)), io.BytesIO(words))
        for name, each in files.items():
            with (folder / name).open("rb") as stream:
                tar.addfile(_member(name, each.size), stream)
    return len(files)


def _new_file(out: Path) -> IO[bytes]:
    return open(out, "xb", opener=lambda path, flags: os.open(path, flags, 0o600))


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _listed(path: Path) -> Listed:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return Listed(size=path.stat().st_size, sha256=digest.hexdigest())


def read_archive(source: Path, into: Path) -> dict[str, Any]:
    """Unpack a backup into an empty folder and check every byte; returns what it says about itself.

    Raises `OkaeriError` for a file that is no backup, is damaged, or holds what a backup never does.
    """
    with _opened(source) as tar:
        members = iter(tar)
        manifest = _manifest(tar, next(members, None))
        missing = {str(name): Listed(size=size, sha256=digest) for name, (size, digest) in manifest["files"].items()}
        for member in members:
            expected = missing.pop(member.name, None)
            stream = tar.extractfile(member) if member.isreg() else None
            if expected is None or stream is None or member.size != expected.size or not is_plain(member.name):
                raise _damaged(member.name)
            _unpack(stream, into / member.name, expected)
    if missing:
        raise _damaged(min(missing))
    return manifest


def is_plain(name: str) -> bool:
    """Whether a name stays inside the folder it is unpacked into.

    >>> is_plain("lake/orders/a.parquet"), is_plain("../a"), is_plain("/etc/a"), is_plain("a/../../b")
    (True, False, False, False)
    """
    path = PurePosixPath(name)
    odd = {"..", "", "."} & set(name.split("/"))
    return not path.is_absolute() and not odd and "\\" not in name and "\0" not in name and ":" not in path.parts[0]


def _unpack(stream: IO[bytes], target: Path, expected: Listed) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), expected.size
    with target.open("xb") as out:
        while chunk := stream.read(min(_CHUNK, left)):
            digest.update(chunk)
            out.write(chunk)
            left -= len(chunk)
    if left or digest.hexdigest() != expected.sha256:
        raise _damaged(target.name)


def _manifest(tar: tarfile.TarFile, first: tarfile.TarInfo | None) -> dict[str, Any]:
    stream = tar.extractfile(first) if first and first.name == MANIFEST and first.isreg() else None
    if first is None or stream is None or first.size > _MANIFEST_BYTES:
        raise _no_backup()
    found = json.loads(stream.read())
    if not isinstance(found, dict) or not isinstance(found.get("files"), dict):
        raise _no_backup()
    if found.get("format") != FORMAT:
        raise OkaeriError(
            _("This backup was made by a newer version of Okaeri."), advice=_("Restore it with that version.")
        )
    return found


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    if not source.is_file():
        raise OkaeriError(_("There is no file {path}.").format(path=source), advice=_("Check its name and folder."))
    try:
        with tarfile.open(source, "r:gz") as tar:
            yield tar
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError) as error:
        raise OkaeriError(
            _("The backup cannot be read: {why}.").format(why=error), advice=_("Copy it again, or use another one.")
        ) from error


def _damaged(name: str) -> OkaeriError:
    return OkaeriError(
        _("The backup is damaged, or was changed: {name}.").format(name=name),
        advice=_("Copy it again, or use another one."),
    )


def _no_backup() -> OkaeriError:
    return OkaeriError(_("This file is no backup of Okaeri."), advice=_("Name a file that `okaeri backup` wrote."))

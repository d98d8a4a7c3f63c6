"""Paths of this machine that a connection may read: those in the one folder that the settings allow."""

from __future__ import annotations

from pathlib import Path

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _


def inside(path: str, *, allowed: str) -> Path:
    """The real path, links followed.

    Raises `OkaeriError` when no folder is allowed, the path leads out of it, or there is no such file.
    """
    if not allowed:
        raise OkaeriError(
            _("Connections may not read files of this machine."),
            advice=_("An owner of the machine can allow one folder: `files` in [web] of okaeri.toml."),
        )
    folder = Path(allowed).resolve()
    found = (folder / path).resolve()
    if not found.is_relative_to(folder):
        raise OkaeriError(
            _("That path leads out of the folder connections may read."),
            advice=_("Name a file below {folder}.").format(folder=folder),
        )
    if not found.is_file():
        raise OkaeriError(
            _("There is no file {path}.").format(path=path),
            advice=_("Paths start from {folder}.").format(folder=folder),
        )
    return found

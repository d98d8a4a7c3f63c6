"""The workspace's facts, for one thread at a time: the web and its jobs ask the library through here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

import okaeri
from okaeri.facts.workspace import Workspace
from okaeri.shop import Shop

_ASKING = threading.Lock()
_open: dict[Path, Shop] = {}


@contextmanager
def asking() -> Iterator[Shop]:
    """The open shop of this process, for as long as the block lasts; others wait, since an engine answers one.

    Its figures are as of the real clock; settings that changed since are read anew.
    """
    with _ASKING:
        yield _shop(workspace_path())


def _shop(path: Path) -> Shop:
    now = Workspace.open(path)
    kept = _open.get(path)
    if kept is None or kept.workspace != now:
        if kept is not None:
            kept.forget_files()
        kept = _open[path] = okaeri.open(path)
    return kept


def workspace_path() -> Path:
    """Where the workspace lies."""
    path: Path = settings.OKAERI.workspace
    return path


def workspace() -> Workspace:
    """The workspace with its settings as they are written now."""
    return Workspace.open(workspace_path())


def workspace_zone() -> str:
    """The workspace's time zone."""
    return workspace().settings.zone

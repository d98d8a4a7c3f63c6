"""One writer at a time per name, on one machine; the system lets go when the process dies, however it dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file for the block, waiting for whoever holds it.

    Any number of `shared` holders go together; without `shared` there is one holder alone.
    """
    handle = _opened(path)
    try:
        _lock(handle, shared=shared, wait=True)
        yield
    finally:
        os.close(handle)


@contextmanager
def held_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock file for the block when nobody has it; yields whether it is held."""
    handle = _opened(path)
    try:
        yield _lock(handle, shared=False, wait=False)
    finally:
        os.close(handle)


def hold_shared(path: Path) -> int:
    """Share the lock file until the process ends or closes the handle that is returned."""
    handle = _opened(path)
    _lock(handle, shared=True, wait=True)
    return handle


def _opened(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


if sys.platform == "win32":

    def _lock(handle: int, *, shared: bool, wait: bool) -> bool:
        import msvcrt

        while True:
            try:
                # Windows has no shared lock here: readers then go one at a time
                msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not wait:
                    return False

else:

    def _lock(handle: int, *, shared: bool, wait: bool) -> bool:
        import fcntl

        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(handle, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

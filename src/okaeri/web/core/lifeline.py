"""No process outlives the one that started it, however that one died."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time

PARENT = "OKAERI_PARENT"
_LOOK_SECONDS = 0.5


def end_with_parent() -> None:
    """End this process, at once, when its parent is gone; the work in hand is found again from the store."""
    threading.Thread(target=_watch, args=(parent(),), daemon=True, name="lifeline").start()


def parent() -> int:
    """Whoever started this process, by their own word: asked late, the system may name who took it over."""
    started_by = multiprocessing.parent_process()
    if started_by is not None and started_by.pid is not None:
        return started_by.pid
    return int(os.environ.get(PARENT, os.getppid()))


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)

"""The worker: django-q2's pool of processes over our table of jobs.

The process that forks them holds no facts, no engine and no drawing library: what a fork would share half-made is
loaded only in the process that works.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
import uuid
from typing import Any

from django.db import connections
from django_q.cluster import Sentinel

from okaeri.web.core.lifeline import PARENT, end_with_parent, parent

_RECYCLED, _TIMED_OUT = -2, 0


class Until:
    """Set by a signal, or when whoever started this process is gone."""

    def __init__(self) -> None:
        self._asked = False
        self._parent = parent()

    def is_set(self) -> bool:
        """Whether it is time to end."""
        return self._asked or os.getppid() != self._parent

    def set(self, *_signal: object) -> None:
        """Ask for the end."""
        self._asked = True

    def wait(self, seconds: float) -> bool:
        """Rest for a while; whether it is time to end."""
        time.sleep(seconds)
        return self.is_set()


class Started:
    """What django-q2 tells whoever starts it in another process; here it is the same one."""

    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        """Whether it began."""
        return self._is_set

    def set(self) -> None:
        """It began."""
        self._is_set = True


class Guard(Sentinel):  # type: ignore[misc]  # django-q2 ships no types
    """Watches over the processes; one that was killed takes the others with it.

    Whoever waits at a queue holds its lock. Killed there, it leaves a queue that nobody can read again, so a new
    process would wait for ever: all begin anew instead, and the jobs are found in their table.
    """

    def reincarnate(self, process: Any) -> None:
        """Replace a process that ended as agreed; end everything after one that did not."""
        as_agreed = process in self.pool and int(process.timer.value) in (_RECYCLED, _TIMED_OUT)
        if as_agreed and not (process.exitcode or 0) < 0:
            super().reincarnate(process)
            return
        end_all([*self.pool, self.monitor, self.pusher])
        os._exit(1)


def work_until_stopped() -> None:
    """Work; returns once the job in hand is done after SIGTERM or Ctrl-C."""
    until, forked_by = Until(), os.getpid()

    def in_child() -> None:
        if os.getppid() != forked_by:  # killed between the fork and now
            os._exit(1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.environ[PARENT] = str(forked_by)
        end_with_parent()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)
    connections.close_all()
    gc.collect()
    gc.freeze()  # looking for garbage writes to each object: forks would no longer share them
    guard = Guard(until, Started(), uuid.uuid4(), start=False)
    signal.signal(signal.SIGTERM, until.set)
    signal.signal(signal.SIGINT, until.set)
    guard.start()
    sys.stdout.flush()


def end_all(processes: list[Any]) -> None:
    """Kill what is still there, at once: half-read queues are of no use to anybody."""
    for process in processes:
        if process is not None and process.is_alive():
            process.kill()

"""What a worker is handed next: the table of jobs is the queue itself, so that nothing has to agree with it."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Q
from django_q.brokers import Broker
from django_q.conf import Conf
from django_q.signing import SignedPackage

from okaeri.web.core.jobs import running
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.schedules import ask_for_due

log = logging.getLogger("okaeri.jobs")
BEAT_SECONDS = 4.0
LOOK_AROUND = timedelta(seconds=2)


class Jobs(Broker):  # type: ignore[misc]  # django-q2 ships no types
    """Hands over one job at a time, and looks around for jobs left behind and for schedules that are due."""

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key)
        self._handed: tuple[str, int] | None = None
        self._looked: datetime | None = None

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        self._handed, self._looked = None, None

    def ping(self) -> bool:
        """Whether the store answers is seen when it is asked."""
        return True

    def dequeue(self) -> list[tuple[str, str]] | None:
        """The next job, once the one handed over before has begun; nothing after a short rest."""
        close_old_connections()
        now = datetime.now(UTC)
        self._look_around(now)
        found = None if self._still_in_hand() else running.next_due(now=now)
        if found is None:
            time.sleep(Conf.POLL)
            return None
        job_id = str(found.pk)
        self._handed = (job_id, found.attempts)
        return [(job_id, SignedPackage.dumps(_task(job_id, now)))]

    def acknowledge(self, task_id: str) -> None:
        """Nothing: a job that has ended says so itself."""

    def queue_size(self) -> int:
        """How many jobs wait."""
        return Job.objects.filter(state=JobState.QUEUED).count()

    def lock_size(self) -> int:
        """How many jobs run."""
        return Job.objects.filter(state=JobState.RUNNING).count()

    def _still_in_hand(self) -> bool:
        """Whether the job handed over has not begun; one that runs keeps the only worker busy."""
        if self._handed is None:
            return False
        job_id, attempts = self._handed
        waits = Q(state=JobState.QUEUED, attempts=attempts)  # with more attempts it was put back, and waits anew
        if Job.objects.filter(waits | Q(state=JobState.RUNNING), pk=job_id).exists():
            return True
        self._handed = None
        return False

    def _look_around(self, now: datetime) -> None:
        if self._looked is None or now - self._looked > LOOK_AROUND:
            running.gather_lost(now=now)
            ask_for_due(now=now)
            self._looked = now


def _task(job_id: str, now: datetime) -> dict[str, Any]:
    return {
        "id": job_id.replace("-", ""),
        "name": job_id,
        "func": "okaeri.web.core.jobs.broker.work",
        "args": (job_id,),
        "kwargs": {},
        "started": now,
        "save": False,
    }


def work(job_id: str) -> None:
    """Do a job in a worker process, which shows all the while that it lives."""
    attempt = running.begin(job_id, now=datetime.now(UTC))
    if attempt is not None:
        with _seen_alive(job_id, attempt):
            running.work(job_id, attempt=attempt)


@contextmanager
def _seen_alive(job_id: str, attempt: int) -> Iterator[None]:
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_SECONDS):
                try:
                    if not running.seen(job_id, attempt=attempt, now=datetime.now(UTC)):
                        return
                except DatabaseError:  # one beat is no life: the next one may get through
                    log.warning("A beat of a job did not get through.")
                    connection.close()
        finally:
            connection.close()  # this thread's own

    thread = threading.Thread(target=beat, daemon=True, name=f"beat-{os.getpid()}")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

"""Somebody who brings a file, and a worker that does what was asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from okaeri.web.core.intake.models import Upload
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.core.people.models import User

ORDERS = "order_id,customer_id,date,amount\n1,aki,2024-01-05,40\n2,chiyo,2024-01-09,25\n"
Bring = Callable[..., Upload]


@pytest.fixture
def desk(aki: User, browsing: Callable[[User], Client]) -> Client:
    """Aki's browser."""
    return browsing(aki)


@pytest.fixture
def work() -> Callable[..., None]:
    """Does the jobs of one kind that wait, in this very process."""

    def do(kind: str = "import_file") -> None:
        for job in Job.objects.filter(kind=kind, state=JobState.QUEUED):
            run(str(job.pk))

    return do


@pytest.fixture
def bring(desk: Client, work: Callable[..., None]) -> Bring:
    """Sends a file, brings it in as guessed or as said, and gives what became of it."""

    def send(content: str | bytes = ORDERS, *, name: str = "orders.csv", **said: str) -> Upload:
        body = content.encode() if isinstance(content, str) else content
        desk.post("/data/upload/", {"file": SimpleUploadedFile(name, body)})
        upload = Upload.objects.latest("at")
        desk.post(f"/data/files/{upload.pk}/", {"table": "orders", **said})
        work()
        upload.refresh_from_db()
        return upload

    return send

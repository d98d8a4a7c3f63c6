"""Somebody who brings a file, and a worker that does what was asked for."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest import MonkeyPatch
from pytest_django.fixtures import Settings

from okaeri.web.core.intake.models import Upload
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.running import run
from okaeri.web.core.people.models import User

ORDERS = "order_id,customer_id,date,amount\n1,aki,2024-01-05,40\n2,chiyo,2024-01-09,25\n"
SELECT = "select id as order_id, buyer as customer_id, bought as ordered_at, total as amount from orders"
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


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The one folder connections may read."""
    found = tmp_path / "allowed"
    found.mkdir()
    settings.OKAERI = replace(settings.OKAERI, files=str(found))
    return found


@pytest.fixture
def till(folder: Path) -> Path:
    """A SQLite database with three orders."""
    with sqlite3.connect(folder / "till.db") as store:
        store.execute("create table orders (id integer, buyer text, bought text, total numeric)")
        store.executemany(
            "insert into orders values (?, ?, ?, ?)",
            [(1, "aki", "2024-01-05", 40), (2, "chiyo", "2024-01-06", 25.5), (3, "haru", "2024-01-07", 9)],
        )
    store.close()
    return folder / "till.db"


def said(**more: str) -> dict[str, str]:
    return {
        "name": "Till", "url": "sqlite:///till.db", "statement": SELECT, "table": "orders", "every": "daily",
        "at_time": "04:00", "weekday": "0", **more,
    }  # fmt: skip


def rebind(monkeypatch: MonkeyPatch, name: str, port: int) -> None:
    """The first to ask for the name is told this machine, whoever asks to connect the place of secrets."""
    real = socket.getaddrinfo

    def told(host: str, service: object, *args: object, **named: object) -> object:
        if host != name:
            return real(host, service, *args, **named)  # type: ignore[arg-type]  # handed on as it came
        address = "127.0.0.1" if service is None else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", told)

"""A backup is one state of both stores, also while both are written to."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from django.conf import settings
from django.db import connection

import okaeri
from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.facts.contracts import TABLES
from okaeri.facts.lake import Lake
from okaeri.web.core.people.models import User
from okaeri.web.project import backing_up
from okaeri.web.project.backing_up import back_up
from okaeri.web.project.restoring import restore

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db(transaction=True)


def land(workspace: Path, number: int) -> None:
    contract = TABLES["orders"]
    row = {"order_id": f"o{number}", "customer_id": "Aki", "ordered_at": NOW, "amount": 1}
    batch = pa.table({name: [row.get(name)] for name in contract.names}).cast(contract.arrow_schema())
    Lake(workspace / "lake").land("orders", batch, batch_id=f"order-{number}", now=NOW)


@pytest.fixture
def writing(workspace: Path) -> Iterator[list[int]]:
    """Orders land all the while; the list grows with each that has landed."""
    landed: list[int] = []
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            land(workspace, len(landed))
            landed.append(len(landed))

    thread = threading.Thread(target=write)
    thread.start()
    yield landed
    over.set()
    thread.join()


def test_the_lake_is_whole_although_it_is_written_to(workspace: Path, writing: list[int], tmp_path: Path) -> None:
    while len(writing) < 3:
        pass
    before = len(writing)
    back_up(tmp_path / "kept.tar.gz", now=NOW)
    after = len(writing) + 1

    restore(tmp_path / "kept.tar.gz", tmp_path / "again", force=False, now=NOW)

    assert before <= Lake(tmp_path / "again" / "lake").rows("orders") <= after
    land(tmp_path / "again", 0)  # it can be written to again, and knows what landed already
    assert before <= Lake(tmp_path / "again" / "lake").rows("orders") <= after


def test_settings_models_and_the_key_come_back_and_nothing_of_the_backup_stays(workspace: Path, tmp_path: Path) -> None:
    (workspace / "models").mkdir()
    (workspace / "models" / "churn-90d.json").write_text("{}", "utf-8")
    (workspace / "secret.key").write_text("s" * 64, "utf-8")
    (workspace / "lake" / "derived").mkdir()
    (workspace / "lake" / "derived" / "days.parquet").write_bytes(b"made again")
    back_up(tmp_path / "kept.tar.gz", now=NOW)

    restore(tmp_path / "kept.tar.gz", tmp_path / "again", force=False, now=NOW)

    again = tmp_path / "again"
    assert okaeri.open(again).workspace.settings.name == "Komorebi Coffee"
    assert (again / "models" / "churn-90d.json").exists()
    assert stat.S_IMODE((again / "secret.key").stat().st_mode) == 0o600
    assert not (again / "lake" / "derived").exists()
    assert not list(workspace.glob(".backup-*"))


def test_nothing_lands_between_the_copy_of_one_store_and_that_of_the_other(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(workspace, 0)
    late = threading.Thread(target=land, args=(workspace, 1))
    copy_store = backing_up.copy_store

    def copy_and_land(folder: Path) -> str:
        kind = copy_store(folder)
        late.start()
        late.join(0.5)
        return kind

    monkeypatch.setattr(backing_up, "copy_store", copy_and_land)
    back_up(tmp_path / "kept.tar.gz", now=NOW)
    late.join()
    restore(tmp_path / "kept.tar.gz", tmp_path / "again", force=False, now=NOW)

    assert Lake(workspace / "lake").rows("orders") == 2  # it waited, and was not lost
    assert Lake(tmp_path / "again" / "lake").rows("orders") == 1


def test_rows_that_an_unfinished_restore_left_behind_are_not_kept_again(workspace: Path, tmp_path: Path) -> None:
    (workspace / "store.jsonl").write_text("of long ago", "utf-8")
    back_up(tmp_path / "kept.tar.gz", now=NOW)

    restore(tmp_path / "kept.tar.gz", tmp_path / "again", force=False, now=NOW)

    rows = tmp_path / "again" / "store.jsonl"
    assert not rows.exists() or "of long ago" not in rows.read_text("utf-8")


def test_a_backup_that_cannot_be_written_says_so_and_leaves_nothing(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingUsable, match="folder exists"):
        back_up(tmp_path / "nowhere" / "kept.tar.gz", now=NOW)
    assert not list(workspace.glob(".backup-*"))


def test_an_existing_file_is_not_written_over(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.tar.gz").write_text("precious", "utf-8")

    with pytest.raises(OkaeriError, match="already"):
        back_up(tmp_path / "kept.tar.gz", now=NOW)
    assert (tmp_path / "kept.tar.gz").read_text("utf-8") == "precious"


def test_accounts_come_back_through_the_command_line(tmp_path: Path) -> None:
    """The whole way, by SQLite: make an account, keep it, lose it, and bring it back."""
    okaeri.create(tmp_path / "first", settings={"zone": "Asia/Tokyo"})
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OKAERI_", "DJANGO_"))}
    environment["PYTHONPATH"] = str(ROOT / "src")

    def run(*words: str) -> str:
        ran = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    cli = (sys.executable, "-m", "okaeri.cli")
    make = (
        "import django; django.setup(); from okaeri.web.core.people.models import User;"
        "from okaeri.web.project.preparing import prepare_store; prepare_store();"
        "User.objects.create_user('aki@komorebi.example', role='owner')"
    )
    count = (
        "import django; django.setup(); from okaeri.web.core.people.models import User;"
        "print([each.email for each in User.objects.all()])"
    )
    environment |= {"OKAERI_WORKSPACE": "first", "DJANGO_SETTINGS_MODULE": "okaeri.web.project.settings"}
    run(sys.executable, "-c", make)
    run(*cli, "backup", "kept.tar.gz", "--workspace", "first")
    said = run(*cli, "restore", "kept.tar.gz", "--workspace", "again")
    environment["OKAERI_WORKSPACE"] = "again"

    assert "again" in said
    assert run(sys.executable, "-c", count).strip() == "['aki@komorebi.example']"


@pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="rows are kept apart on PostgreSQL")
def test_rows_come_back_into_postgresql(workspace: Path, aki: User, tmp_path: Path) -> None:
    from django.core.management import call_command

    back_up(tmp_path / "kept.tar.gz", now=NOW)
    restore(tmp_path / "kept.tar.gz", tmp_path / "again", force=False, now=NOW)
    User.objects.all().delete()

    call_command("load_rows", str(tmp_path / "again" / "store.jsonl"))

    assert connection.vendor == "postgresql"
    assert User.objects.get().email == aki.email
    assert User.objects.get().check_password("komorebi-2026")


@pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="rows are kept apart on PostgreSQL")
def test_rows_that_are_there_are_not_replaced_unasked(workspace: Path, aki: User, tmp_path: Path) -> None:
    from django.core.management import call_command

    (tmp_path / "store.jsonl").write_text("", "utf-8")

    with pytest.raises(OkaeriError, match="--force"):
        call_command("load_rows", str(tmp_path / "store.jsonl"))
    assert User.objects.count() == 1

"""A backup is read with suspicion: it may be damaged, and it may be somebody's trap."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.facts.locks import hold_shared
from okaeri.web.project.archive import in_use, read_archive, write_archive
from okaeri.web.project.restoring import restore
from tests.web.jobs.test_running import NOW

ABOUT = {"okaeri": "0.1.0", "made_at": "2025-03-01T09:00:00+00:00", "store": "sqlite"}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file in a folder."""
    monkeypatch.delenv("OKAERI_DATABASE", raising=False)
    (tmp_path / "made" / "lake").mkdir(parents=True)
    (tmp_path / "made" / "okaeri.toml").write_text('name = "Komorebi"\n', "utf-8")
    (tmp_path / "made" / "lake" / "orders.parquet").write_bytes(b"orders" * 1000)
    return tmp_path / "made"


@pytest.fixture
def kept(shop: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    write_archive(tmp_path / "kept.tar.gz", shop, about=ABOUT)
    return tmp_path / "kept.tar.gz"


def trap(path: Path, *members: tuple[tarfile.TarInfo, bytes], listed: dict[str, bytes]) -> Path:
    """An archive with a manifest of our making and members of somebody else's."""
    files = {name: [len(content), sha256(content).hexdigest()] for name, content in listed.items()}
    manifest = json.dumps({**ABOUT, "format": 1, "files": files}).encode()
    with tarfile.open(path, "w:gz") as tar:
        first = tarfile.TarInfo("manifest.json")
        first.size = len(manifest)
        tar.addfile(first, io.BytesIO(manifest))
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


def test_what_was_put_in_comes_out(shop: Path, kept: Path, tmp_path: Path) -> None:
    found = read_archive(kept, tmp_path / "out")

    assert found["store"] == "sqlite"
    assert (tmp_path / "out" / "lake" / "orders.parquet").read_bytes() == b"orders" * 1000


def test_only_its_owner_can_read_a_backup(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "lake/../../outside", "a\\b", "./a", "a//b"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    made = trap(tmp_path / "trap.tar.gz", (tarfile.TarInfo(name), b"x"), listed={name: b"x"})

    with pytest.raises(OkaeriError, match="damaged, or was changed"):
        read_archive(made, tmp_path / "deep" / "out")
    assert not [path for path in tmp_path.rglob("outside")]


@pytest.mark.parametrize(
    "member",
    [link("lake", "/etc"), link("okaeri.toml", "/etc/passwd"), tarfile.TarInfo("unlisted")],
    ids=lambda one: one.name,
)
def test_a_link_or_a_file_that_is_not_listed_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    made = trap(tmp_path / "trap.tar.gz", (member, b""), listed={"okaeri.toml": b"", "lake": b""})

    with pytest.raises(OkaeriError, match="damaged, or was changed"):
        read_archive(made, tmp_path / "out")


@pytest.mark.parametrize("content", [b"other!", b"much longer than it says"], ids=["changed", "longer"])
def test_content_that_differs_from_its_checksum_is_refused(tmp_path: Path, content: bytes) -> None:
    made = trap(tmp_path / "trap.tar.gz", (tarfile.TarInfo("a"), content), listed={"a": b"wanted"})

    with pytest.raises(OkaeriError, match="damaged, or was changed: a"):
        read_archive(made, tmp_path / "out")


def test_a_file_that_is_missing_or_comes_twice_is_refused(tmp_path: Path) -> None:
    missing = trap(tmp_path / "missing.tar.gz", listed={"a": b"x"})
    twice = tmp_path / "twice.tar.gz"
    trap(twice, (tarfile.TarInfo("a"), b"x"), (tarfile.TarInfo("a"), b"x"), listed={"a": b"x"})

    for place, made in enumerate((missing, twice)):
        with pytest.raises(OkaeriError, match="damaged, or was changed: a"):
            read_archive(made, tmp_path / f"out{place}")


@pytest.mark.parametrize("share", [0, 0.1, 0.5])
def test_a_backup_that_was_cut_off_is_refused_and_leaves_nothing(kept: Path, tmp_path: Path, share: float) -> None:
    kept.write_bytes(kept.read_bytes()[: int(share * kept.stat().st_size)])

    with pytest.raises(OkaeriError, match="backup"):
        restore(kept, tmp_path / "again", force=False, now=NOW)
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".again*"))


def test_what_is_there_is_replaced_only_when_asked_and_is_kept_aside(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "again"
    target.mkdir()
    (target / "mine.txt").write_text("do not lose me", "utf-8")

    with pytest.raises(OkaeriError, match="--force"):
        restore(kept, target, force=False, now=NOW)
    _found, aside = restore(kept, target, force=True, now=NOW)

    assert aside and (aside / "mine.txt").read_text("utf-8") == "do not lose me"
    assert (target / "okaeri.toml").exists() and not (target / "mine.txt").exists()


def test_a_workspace_that_is_served_is_not_replaced(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "again"
    restore(kept, target, force=False, now=NOW)
    serving = hold_shared(in_use(target))

    with pytest.raises(OkaeriError, match="okaeri serve"):
        restore(kept, target, force=True, now=NOW)
    os.close(serving)

    assert restore(kept, target, force=True, now=NOW)[1]


def test_accounts_in_sqlite_are_not_brought_back_to_where_nobody_looks_for_them(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKAERI_DATABASE", "postgresql://okaeri@localhost/okaeri")

    with pytest.raises(OkaeriError, match="OKAERI_DATABASE"):
        restore(kept, tmp_path / "again", force=False, now=NOW)
    assert not (tmp_path / "again").exists()


def test_an_empty_folder_is_as_good_as_none(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()

    assert restore(kept, tmp_path / "again", force=False, now=NOW)[1] is None

"""What is installed is what was written: a wheel with every template, query, catalogue and licence."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.structure.tree import ROOT

SOURCE = ROOT / "src"
KINDS = {".py", ".sql", ".po", ".html", ".css", ".svg", ".typ", ".typed", ".js", ".mjml", ".toml", ".txt"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """A wheel of this very tree."""
    folder = tmp_path_factory.mktemp("wheel")
    return ZipFile(next(iter(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))))


def test_every_file_of_the_library_is_in_the_wheel(wheel: ZipFile) -> None:
    """A line of .gitignore is enough to leave one out."""
    files = [path for path in (SOURCE / "okaeri").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    written = {path.relative_to(SOURCE).as_posix() for path in files}

    assert {path.suffix for path in files} == KINDS
    assert not written - set(wheel.namelist())


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE"])
def test_the_wheel_carries_its_licences(wheel: ZipFile, name: str) -> None:
    inside = next(entry for entry in wheel.namelist() if entry.endswith(f"licenses/{name}"))

    assert wheel.read(inside).decode("utf-8") == (ROOT / name).read_text("utf-8")


def test_the_wheel_holds_nothing_else(wheel: ZipFile) -> None:
    tops = {Path(name).parts[0].split("-")[0] for name in wheel.namelist()}

    assert tops == {"okaeri"}


def test_the_wheel_brings_the_command(wheel: ZipFile) -> None:
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))

    assert "okaeri = okaeri.cli:main" in wheel.read(entry_points).decode("utf-8")

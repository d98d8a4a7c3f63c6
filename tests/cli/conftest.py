"""A terminal for Aki, who owns the shop, and a shop of hers that is small enough to count by hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from okaeri.cli.app import app

SOURCE = Path(__file__).resolve().parents[2] / "src"
ORDERS = """order_id,customer_id,ordered_at,amount,currency
1,Aki,2024-01-05,10.00,EUR
2,Aki,2024-02-05,12.00,EUR
3,Aki,2024-03-05,11.00,EUR
4,Min-jun,2024-01-20,20.00,EUR
5,Min-jun,2024-02-20,25.00,EUR
6,Chiyo,2024-01-25,30.00,EUR
7,Nao,2024-03-15,40.00,EUR
"""


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Okaeri = Callable[..., Ran]


def run_here(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """Run `okaeri` in this process and in the current folder."""
    found = CliRunner().invoke(app, arguments, env=dict(env or {}))
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return Ran(code=found.exit_code, out=found.stdout, err=found.stderr)


@pytest.fixture
def okaeri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Okaeri:
    """Run `okaeri` in an empty folder, in English unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "OKAERI_LANG", "OKAERI_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return run_here


@pytest.fixture
def from_shell(tmp_path: Path) -> Okaeri:
    """Run `okaeri` as a process of its own, with no terminal, in the same folder."""

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        found = subprocess.run(
            [sys.executable, "-m", "okaeri.cli", *arguments],
            cwd=tmp_path,
            env=shell_environment(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
        )
        return Ran(code=found.returncode, out=found.stdout.decode("utf-8"), err=found.stderr.decode("utf-8"))

    return run


def shell_environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a shell in no particular language."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
    return {**kept, "PYTHONPATH": str(SOURCE), **more}


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    """An export of seven orders by four customers."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Aki's workspace, made once; who bought in the last 31 days is a customer."""
    folder = tmp_path_factory.mktemp("aki")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    where = ("--workspace", str(folder / "shop"), "--lang", "en")
    assert run_here("init", "--name", "Aki", "--presence", "orders:31d", *where).code == 0
    assert run_here("import", str(folder / "orders.csv"), "--as", "orders", *where).code == 0
    return folder / "shop"


@pytest.fixture
def shop(okaeri: Okaeri, made_shop: Path, tmp_path: Path) -> Okaeri:
    """Run `okaeri` beside a copy of Aki's workspace with its seven orders in."""
    shutil.copytree(made_shop, tmp_path / "okaeri-workspace")
    return okaeri

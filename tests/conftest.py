"""What every test may ask for: real data, seeds, a browser."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI") == "true"
CHROMIUM = os.environ.get("OKAERI_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
LONG = ("browser", "crash", "slow")
CHROMIUM_OPTIONS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync"""

# Tests start hundreds of processes; where Python may not keep what it compiled, each of them compiles the library anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What was collected stays to the end; to look through it for garbage again and again took a sixth of the time.
gc.disable()

# Machines differ in speed and CI must say the same twice; a deadline or a fresh seed would not.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if IN_CI else "here")


@pytest.hookimpl(trylast=True)  # once it is known which tests run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each process begins with its share of the files that take long: at the end one would be waited for.

    Processes first take equal parts of the list, and later half of what another one still has.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long: dict[str, list[pytest.Item]] = {_file(item): [] for item in items if any(map(item.get_closest_marker, LONG))}
    rest = [item for item in items if _file(item) not in long]
    for item in items:
        long.get(_file(item), []).append(item)
    ordered: list[pytest.Item] = []
    for place in range(processes):
        share = [item for each in list(long.values())[place::processes] for item in each]
        room = max(0, (len(items) - len(ordered)) // (processes - place) - len(share))
        ordered += [*share, *rest[:room]]
        rest = rest[room:]
    items[:] = ordered


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def pytest_collection_finish() -> None:
    """From now on only what the tests themselves make is looked through."""
    gc.enable()
    gc.collect()
    gc.freeze()


def missing(what: str) -> NoReturn:
    """Skip on a developer's machine; in CI a test that cannot run has failed."""
    if IN_CI:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data that lies outside the repository."""
    folder = Path(os.environ.get("OKAERI_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        missing(f"No real data in {folder}; name the folder in OKAERI_DATA.")
    return folder


@pytest.fixture(scope="session")
def seeds() -> range:
    """Seeds for tests that draw their own worlds; OKAERI_SEEDS asks for more of them."""
    return range(int(os.environ.get("OKAERI_SEEDS", "20")))


@pytest.fixture(scope="session")
def in_common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def foreseen(in_common: Path) -> Path:
    """A small coffee shop with its models, scores and labels kept; copy it before anything is changed."""
    from okaeri.facts.locks import held
    from tests.coffee import opened

    home = in_common / "foreseen"
    with held(in_common / "foreseen.lock"):
        if not home.exists():
            begun = in_common / "foreseen-begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            shop = opened(begun)
            shop.predict_churn()
            shop.segments()
            begun.rename(home)
    return home / "shop"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine: playwright's own build is not downloaded."""
    if not CHROMIUM:
        missing("No Chromium: install it, or name it in OKAERI_CHROMIUM.")
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "headless": True,
        "args": CHROMIUM_OPTIONS.split(),
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Pictures of a page must not catch it in motion."""
    return {**browser_context_args, "reduced_motion": "reduce"}

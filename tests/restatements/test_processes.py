"""Several processes measuring into one log at once, and some of them killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import okaeri as ok
from okaeri.restatements.log import folders
from tests.restatements.conftest import values

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
    import sys
    from datetime import timedelta
    from pathlib import Path
    import okaeri as ok
    from okaeri.facts.lake import Lake
    from tests.facts.lakes import NOON, batch, order
    shop = ok.open(Path(sys.argv[1]), clock=lambda: NOON)
    lake = Lake(shop.workspace.lake_path)
    for n in range({rounds}):
        row = order(f"{name}-{{n}}", "{name}", amount=7.0 + n, day=5)
        lake.land("orders", batch([row]), batch_id=f"{name}-{{n}}", now=NOON)
        shop.measure("apv")
        print(n, flush=True)
"""


def start(name: str, folder: Path, *, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER.format(name=name, rounds=rounds)), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )


def test_three_processes_measuring_at_once_keep_one_unbroken_history(shop: ok.Shop) -> None:
    """Each restatement's old figure is the one before it told anew: nobody wrote over or beside another."""
    shop.measure("apv")
    writers = [start(name, shop.workspace.path, rounds=4) for name in ("aki", "minjun", "chiyo")]
    said = [each.communicate(timeout=120) for each in writers]
    final = shop.measure("apv")

    assert [(each.returncode, errors) for each, (_, errors) in zip(writers, said, strict=True)] == [(0, "")] * 3
    (folder,) = folders(shop.workspace.path)
    told = [each for path in folder.paths() for each in restated_in(folder.restated(path))]
    history = [15.0, *(each["new"]["value"] for each in told)]
    assert [each["old"]["value"] for each in told] == history[:-1]
    assert history[-1] == values(final)[0]
    assert [int(path.stem) for path in folder.paths()] == list(range(1, len(folder.paths()) + 1))


def restated_in(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


@pytest.mark.crash
def test_a_process_killed_at_any_point_leaves_a_log_that_can_be_read(shop: ok.Shop) -> None:
    shop.measure("apv")
    for rounds in (1, 2, 3):
        writer = start(f"killed{rounds}", shop.workspace.path, rounds=50)
        assert writer.stdout
        for _line in range(rounds):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=60)
        final = shop.measure("apv")

        (folder,) = folders(shop.workspace.path)
        kept = [batch.figures for batch in folder.batches()]
        january = [figure.value for figures in kept for place, figure in figures.items() if place.start < "2026-02"]
        assert january[-1] == values(final)[0]
        assert shop.restatements()[-1].new.value == values(final)[0]

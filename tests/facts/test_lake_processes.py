"""Several processes at once: nothing lost, nothing twice, no error for anybody."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from okaeri.facts.lake import Lake
from tests.facts.lakes import query

ROOT = Path(__file__).resolve().parents[2]
BATCHES = 12

WRITER = """
    from tests.facts.lakes import NOON, batch, order
    for n in range({batches}):
        own = [order(f"{name}-{{n}}-{{k}}", f"c{{k}}") for k in range(5)]
        shared = [order(f"shared-{{n}}-{{k}}", "{name}", amount=float(n)) for k in range(5)]
        landing = lake.land("orders", batch(own + shared), batch_id=f"{name}-{{n}}", now=NOON)
        print(landing.new)
"""
READER = """
    from tests.facts.lakes import query
    seen = 0
    while seen < {rows}:
        with lake.reading():
            files = lake.files("orders")
            rows, ids = query("select count(*), count(distinct order_id) from lake", files)[0] if files else (0, 0)
        assert rows == ids >= seen
        seen = rows
"""


def process(code: str, lake: Path) -> subprocess.Popen[str]:
    head = "from pathlib import Path; from okaeri.facts.lake import Lake; import sys; lake = Lake(Path(sys.argv[1]))\n"
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-c", head + textwrap.dedent(code), str(lake)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_three_landing_the_same_rows_and_two_reading_never_fail_and_never_double(tmp_path: Path) -> None:
    names = ("aki", "minjun", "chiyo")
    total = BATCHES * 5 * (len(names) + 1)

    writers = [process(WRITER.format(name=name, batches=BATCHES), tmp_path) for name in names]
    readers = [process(READER.format(rows=total), tmp_path) for _ in range(2)]
    said = [each.communicate(timeout=120) for each in (*writers, *readers)]

    assert [(each.returncode, errors) for each, (_, errors) in zip((*writers, *readers), said, strict=True)] == [
        (0, "")
    ] * 5
    assert sum(int(line) for out, _ in said for line in out.split()) == total
    assert query("select count(*), count(distinct order_id) from lake", Lake(tmp_path).files("orders")) == [
        (total, total)
    ]


def test_processes_that_ignore_the_lock_still_never_double(tmp_path: Path) -> None:
    """A disk shared between machines may not carry locks: the commit alone must keep the rows right."""
    unlocked = "import okaeri.facts.locks as locks; locks._lock = lambda *a, **k: True\n"
    own_scratch = """
from okaeri.facts.places import Places; import os
Places.scratch = lambda self, table: self.root / ".scratch" / f"{table}-{os.getpid()}"
"""
    names = ("aki", "minjun")

    writers = [
        process(unlocked + own_scratch + textwrap.dedent(WRITER.format(name=name, batches=BATCHES)), tmp_path)
        for name in names
    ]
    said = [each.communicate(timeout=120) for each in writers]

    assert [errors for _, errors in said] == ["", ""]
    total = BATCHES * 5 * (len(names) + 1)
    assert sum(int(line) for out, _ in said for line in out.split()) == total
    assert query("select count(*), count(distinct order_id) from lake", Lake(tmp_path).files("orders")) == [
        (total, total)
    ]

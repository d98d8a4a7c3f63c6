"""A whole demo workspace from nothing: the shop's files, written, imported and ready to measure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.demo.company import BLOCK_CUSTOMERS, CURRENCY, CUSTOMERS, NAME, ZONE, blocks, simulate
from okaeri.demo.dirty import write_dirty
from okaeri.demo.loyalty import REWARD_COST, REWARD_POINTS
from okaeri.demo.orders import MARGIN_SHARE
from okaeri.demo.write import write_files, write_truth
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import SETTINGS_FILE, Workspace

Progress = Callable[[str, float], None]
PRESENCE = "orders:90d"
RULES = {
    "point_value": REWARD_COST / REWARD_POINTS,
    "gross_margin": MARGIN_SHARE,
    "business_hours": "mon-sat 09:00-18:00",
}


def build(
    path: Path | str,
    *,
    size: str = "small",
    seed: int = 7,
    end: date | None = None,
    now: datetime,
    progress: Progress | None = None,
) -> Workspace:
    """Build the demo workspace in `path`; it appears whole or not at all.

    The story ends before `end`, by default the shop's local day at `now`. Small and medium shops are imported from
    `files/`, as their owner would; a large one goes to the lake block by block. `progress` takes a stage and 0..1.

    Raises `OkaeriError` when the folder holds something already or the story would be too short.
    """
    target = Path(path).absolute()
    _check_empty(target)
    last = end or now.astimezone(ZoneInfo(ZONE)).date()
    site = target.with_name(f".{target.name}.building")
    shutil.rmtree(site, ignore_errors=True)  # what a build that was killed left
    try:
        workspace = Workspace.create(site, name=NAME, zone=ZONE, currency=CURRENCY, presence=PRESENCE)
        workspace.save_rules(RULES)
        fill = _land_blocks if size == "large" else _import_files
        fill(workspace, size=size, seed=seed, end=last, now=now, progress=progress or _silent)
        _move(site, target)
    finally:
        shutil.rmtree(site, ignore_errors=True)
    return Workspace.open(target)


def _import_files(workspace: Workspace, *, size: str, seed: int, end: date, now: datetime, progress: Progress) -> None:
    from okaeri.facts.importing import import_file  # the large shop needs no reader

    progress(str(_("Making up customers and orders")), 0.0)
    files = write_files(simulate(size, seed=seed, end=end), workspace.path / "files")
    for place, (file, table) in enumerate(files.items(), 1):
        progress(str(_("Importing {file}").format(file=file.name)), place / (len(files) + 1))
        import_file(workspace, file, table=table, now=now)
    progress(str(_("The demo shop is ready")), 1.0)


def _land_blocks(workspace: Workspace, *, size: str, seed: int, end: date, now: datetime, progress: Progress) -> None:
    lake, count = Lake(workspace.lake_path), -(-CUSTOMERS[size] // BLOCK_CUSTOMERS)
    for place, part in enumerate(blocks(size, seed=seed, end=end)):
        progress(str(_("Making up customers and orders")), place / count)
        for table, rows in _filled(part.facts):
            lake.land(table, rows, batch_id=f"demo-{seed}-{end}-{place}", now=now)
        write_truth(part, workspace.path / "files" / "truth" / f"block-{place:02}")
    write_dirty(workspace.path / "files" / "dirty", seed=seed)
    progress(str(_("The demo shop is ready")), 1.0)


def _filled(facts: Mapping[str, pa.Table]) -> Iterator[tuple[str, pa.Table]]:
    return ((table, rows) for table, rows in facts.items() if rows.num_rows)


def _check_empty(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OkaeriError(
            _("There is something in {path} already.").format(path=target),
            advice=_("Name a folder that is empty or does not exist yet."),
        )


def _move(site: Path, target: Path) -> None:
    """Put the workspace in its place; in a folder that is there already the settings come last and make it whole."""
    if not target.exists():
        os.replace(site, target)
        return
    for part in sorted(site.iterdir(), key=lambda part: part.name == SETTINGS_FILE):
        os.replace(part, target / part.name)


def _silent(stage: str, done: float) -> None:
    """Nobody watches."""

"""The log after an erasure: rows that are gone are named no more, and neither are segments that nobody is in.

A note of the last erasure that was seen to lets the next measuring finish what was cut off.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from okaeri.facts.contracts import TABLES
from okaeri.facts.lake import Lake
from okaeri.facts.locks import held
from okaeri.facts.parquet import literal, parquet, write_safely
from okaeri.facts.shapes import rows_of
from okaeri.facts.workspace import Workspace
from okaeri.restatements.causes import key_of
from okaeri.restatements.log import FOLDER, Batch, Folder, folders

_NOTE = "erasures.json"
_UNSPLIT = ("", "all")


def follow_erasures(workspace: Workspace) -> None:
    """Take out of the log what the erasures since the last time took out of the facts."""
    root = workspace.path / FOLDER
    if not root.is_dir() or _seen_to(root) >= _erasures(workspace):
        return
    with held(root / ".lock"):
        count = len(Lake(workspace.lake_path).receipts())  # opening the lake finishes an erasure that was cut off
        _clean(workspace)
        write_safely(root / _NOTE, json.dumps({"erasures": count}))


def _erasures(workspace: Workspace) -> int:
    return sum(1 for _each in (workspace.lake_path / "erasures").glob("*"))


def _seen_to(root: Path) -> int:
    try:
        return int(json.loads((root / _NOTE).read_text("utf-8"))["erasures"])
    except (OSError, ValueError, KeyError):
        return 0


def _clean(workspace: Workspace) -> None:
    found = folders(workspace.path)
    lake = Lake(workspace.lake_path)
    alive = _alive(lake, _named_rows(found))
    for folder in found:
        with folder.writing():
            for half in folder.path.glob(".0*"):
                half.unlink()
            for path in folder.paths():
                _clean_examples(folder.restated(path), alive)
                _clean_segments(path, folder, lake)


def _named_rows(found: Iterable[Folder]) -> dict[str, set[str]]:
    """The keys the log names, by table."""
    keys: dict[str, set[str]] = defaultdict(set)
    for change in (change for folder in found for each in _restated(folder) for change in each["changes"]):
        keys[change["table"]] |= {*change["examples"]}
    return keys


def _restated(folder: Folder) -> Iterator[dict[str, Any]]:
    for path in folder.paths():
        if folder.restated(path).exists():
            yield from json.loads(folder.restated(path).read_text("utf-8"))


def _alive(lake: Lake, keys: dict[str, set[str]]) -> dict[str, set[str]]:
    """Of some keys those whose rows the tables still have."""
    import duckdb

    alive: dict[str, set[str]] = {}
    for table, named in keys.items():
        paths = lake.files(table)
        if not (named and paths):
            continue
        key = key_of(TABLES[table])
        wanted = ", ".join(literal(each) for each in sorted(named))
        with duckdb.connect() as connection:
            rows = connection.execute(f"select {key} from {parquet(paths)} where {key} in ({wanted})").fetchall()
        alive[table] = {row[0] for row in rows}
    return alive


def _clean_examples(path: Path, alive: dict[str, set[str]]) -> None:
    if not path.exists():
        return
    restated = json.loads(path.read_text("utf-8"))
    for change in (change for each in restated for change in each["changes"]):
        change["examples"] = [key for key in change["examples"] if key in alive.get(change["table"], ())]
    write_safely(path, json.dumps(restated, ensure_ascii=False))


def _clean_segments(path: Path, folder: Folder, lake: Lake) -> None:
    batch = Batch.read(path.read_text("utf-8"))
    if not batch.question.segment:
        return
    labels = {*_UNSPLIT, *_labels(lake, batch.question.segment)}
    kept = {place: figure for place, figure in batch.figures.items() if place.segment in labels}
    if len(kept) < len(batch.figures):
        write_safely(path, replace(batch, figures=kept).written())
    restated = folder.restated(path)
    if restated.exists():
        found = json.loads(restated.read_text("utf-8"))
        write_safely(restated, json.dumps([r for r in found if r["place"]["segment"] in labels], ensure_ascii=False))


def _labels(lake: Lake, column: str) -> set[str]:
    """Every label a column gives now, as a customer's attribute or in a table."""
    import duckdb

    named = json.dumps(f'$."{column}"', ensure_ascii=False)[1:-1].replace('\\"', '"')
    sources = [(table, f'"{column}"') for table, each in TABLES.items() if column in each.names]
    sources.append(("customers", f"json_extract_string(attributes, {literal(named)})"))
    found: set[str] = set()
    with duckdb.connect() as connection:
        for table, value in sources:
            if paths := lake.files(table):
                source = rows_of(TABLES[table], paths)
                rows = connection.execute(f"select distinct cast({value} as varchar) from {source}").fetchall()
                found |= {row[0] for row in rows if row[0] is not None}
    return found

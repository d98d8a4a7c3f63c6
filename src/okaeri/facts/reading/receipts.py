"""What an import did, kept as one JSON file per file and mapping: numbers and column names, no personal data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from okaeri.facts.workspace import Workspace

_FOLDER = "imports"


def receipts(workspace: Workspace, *, table: str | None = None) -> tuple[dict[str, Any], ...]:
    """The receipts of all imports (of one table), oldest first; what reports say about rows left out.

    >>> import tempfile
    >>> receipts(Workspace.create(Path(tempfile.mkdtemp()) / "shop"))
    ()
    """
    found = [read_receipt(path) for path in sorted((workspace.path / _FOLDER).glob("*.json"))]
    kept = [each for each in found if each and (table is None or each.get("table") == table)]
    return tuple(sorted(kept, key=lambda each: str(each.get("imported_at", ""))))


def receipt_path(workspace: Workspace, table: str, identity: str) -> Path:
    """Where the receipt of an import lies."""
    return workspace.path / _FOLDER / f"{table}-{identity[:16]}.json"


def read_receipt(path: Path) -> dict[str, Any] | None:
    """A receipt, or None when there is none that can be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_receipt(path: Path, receipt: dict[str, Any]) -> None:
    """Write a receipt in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(receipt, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(unfinished, path)

"""A shop with its workspace, and a way to bring a file into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from okaeri.facts.importing import ImportSummary, import_file
from okaeri.facts.workspace import Workspace
from tests.facts.imports import NOW, Import


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "shop", zone="Asia/Tokyo", currency="JPY")


@pytest.fixture
def bring(shop: Workspace, tmp_path: Path) -> Import:
    def run(content: str | bytes, *, name: str = "orders.csv", table: str = "orders", **options: Any) -> ImportSummary:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(shop, path, table=table, now=NOW, **options)

    return run

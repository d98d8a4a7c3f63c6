"""A coffee shop whose pages were measured: once for all tests, since measuring takes seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from okaeri.shop import open as open_shop
from okaeri.web.insights import behind
from okaeri.web.insights.measuring import measure_pages
from okaeri.web.insights.models import Reading

NOW = datetime(2025, 3, 1, tzinfo=UTC)
_KEPT: list[dict[str, Any]] = []
_FIELDS = ("name", "language", "state", "cutoff", "made_at", "data")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's own clock, so that its facts and what was learned of them are of today."""
    monkeypatch.setattr("okaeri.web.core.shops.okaeri.open", partial(open_shop, clock=lambda: NOW))


@pytest.fixture
def measured(coffee: Path, db: None) -> Path:
    """The coffee shop's workspace, its pages measured in English."""
    if _KEPT:
        Reading.objects.bulk_create([Reading(**each) for each in _KEPT])
    else:
        measure_pages(now=NOW, languages=("en",))
        _KEPT.extend(Reading.objects.values(*_FIELDS))
    return coffee


@pytest.fixture
def lake_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the facts fails."""

    def refused() -> NoReturn:
        raise AssertionError("a page asked the facts")

    monkeypatch.setattr(behind, "asking", refused)
    for module in ("measuring", "answering", "scoring"):
        monkeypatch.setattr(f"okaeri.web.insights.{module}.asking", refused)
    monkeypatch.setattr("okaeri.web.core.shops._shop", lambda path: pytest.fail("a page opened the facts"))

"""Where the lake keeps what, and the one way to become the writer of a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _
from okaeri.facts.delta import Overtaken
from okaeri.facts.locks import held
from okaeri.facts.parquet import Limits, workbench

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
_PAUSES = tuple(min(1.0, 0.01 * 1.5**n) for n in range(24))


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one lake.

    >>> Places(Path("lake")).folder("orders").as_posix()
    'lake/orders'
    """

    root: Path

    def folder(self, table: str) -> Path:
        """The Delta table."""
        return self.root / table

    def lock(self, table: str) -> Path:
        """Held by whoever writes the table."""
        return self.root / ".locks" / table

    def scratch(self, table: str) -> Path:
        """Belongs to whoever holds the table's lock."""
        return self.root / ".scratch" / table

    @property
    def readers(self) -> Path:
        """Held together by those who read, and alone by an erasure while it deletes files."""
        return self.root / ".locks" / ".readers"

    @property
    def erasing(self) -> Path:
        """Held by whoever erases a customer."""
        return self.root / ".locks" / ".erasing"

    @property
    def erasures(self) -> Path:
        """The receipts of erasures, and the erasures that are under way."""
        return self.root / "erasures"

    @property
    def derived(self) -> Path:
        """What is computed from the facts; may be deleted at any time."""
        return self.root / "derived"


@contextmanager
def writer(places: Places, table: str, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """Be the one writer of a table for the block, with a DuckDB to work in."""
    with held(places.lock(table)), workbench(places.scratch(table), limits) as connection:
        yield connection


def until_committed(attempt: Callable[[], T]) -> T:
    """Try again whenever another process committed first.

    The lock makes this rare; on a disk that shares no locks between machines it is what keeps the rows right.
    Raises `NothingUsable` after about fifteen seconds.
    """
    for pause in _PAUSES:
        try:
            return attempt()
        except Overtaken:
            time.sleep(pause)
    raise NothingUsable(
        _("Other programs kept writing to the same table, so nothing was changed."),
        advice=_("Run this again when they have finished."),
    )

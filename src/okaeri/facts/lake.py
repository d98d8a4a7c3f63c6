"""The lake: the facts as Delta tables that many processes may write and read at once.

What the tables are is in `contracts`; reading files people bring is not done here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts import compaction, delta, erasure, landing
from okaeri.facts.compaction import Compaction
from okaeri.facts.contracts import TABLES, Table, table_of
from okaeri.facts.erasure import Receipt
from okaeri.facts.landing import Batch, Landing
from okaeri.facts.locks import held
from okaeri.facts.parquet import Limits
from okaeri.facts.places import Places, until_committed, writer
from okaeri.facts.shapes import Shape

if TYPE_CHECKING:
    import duckdb

__all__ = ["Compaction", "Lake", "Landing", "Limits", "Receipt"]


class Lake:
    """The facts of one workspace, in a folder that may not exist yet.

    Opening it finishes an erasure that was cut off.

    >>> import tempfile
    >>> Lake(Path(tempfile.mkdtemp())).tables()
    ()
    """

    def __init__(self, path: Path, *, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        if "%" in str(path):
            raise OkaeriError(
                _("The folder name {path} has a % sign, which the tables cannot keep.").format(path=path),
                advice=_("Rename the folder, or choose another."),
            )
        self.path = path
        self._places = Places(path.absolute())
        self._limits = limits
        erasure.finish_pending(self._places, limits=limits)

    def land(self, table: str, batch: Batch, *, batch_id: str | None, now: datetime) -> Landing:
        """Bring rows in, by key: new ones are added, changed ones replaced, equal ones left alone.

        `batch` has every column of the contract and each key once; a path names a Parquet file, and a reader is read
        while the table's lock is held. The same `batch_id` lands once: later it changes nothing; with None the keys
        alone see to that. When this returns, the rows are on disk. Raises `OkaeriError` for an unknown table, missing
        columns or empty required values.
        """
        contract = table_of(table)
        folder, scratch = self._places.folder(table), self._places.scratch(table)
        with writer(self._places, table, self._limits) as connection:
            staged = landing.stage(connection, contract, batch, scratch)

            def attempt() -> Landing:
                delta.create(folder, contract, at=now)
                current = delta.snapshot(folder)
                assert current is not None
                into = delta.grown(current, contract, at=now)
                return landing.land(
                    connection, contract, staged, into=into, batch_id=batch_id, now=now, scratch=scratch
                )

            landed = until_committed(attempt)
            self._tidy(connection, contract, now=now)
            return landed

    def files(self, table: str, *, as_of: int | datetime | None = None) -> tuple[str, ...]:
        """The Parquet files that are the table now, at a version, or at a moment; none when it did not exist.

        Raises `OkaeriError` for a version that never was or is no longer kept.
        """
        found = delta.snapshot(self._places.folder(table_of(table).name), as_of=as_of)
        return found.paths if found else ()

    def shapes(self, table: str, *, as_of: int | datetime | None = None) -> tuple[Shape, ...]:
        """The files that `files` gives, by the columns of the contract that they lack: old files lack newer columns.

        Raises as `files` does.
        """
        contract = table_of(table)
        found = delta.snapshot(self._places.folder(contract.name), as_of=as_of)
        return found.shapes(contract) if found else ()

    def version(self, table: str) -> int | None:
        """The table's version, which grows with every change; None when it does not exist yet."""
        found = self._snapshot(table)
        return found.version if found else None

    def rows(self, table: str) -> int:
        """How many rows the table has."""
        found = self._snapshot(table)
        return found.rows if found else 0

    def tables(self) -> tuple[str, ...]:
        """The tables that exist."""
        return tuple(name for name in TABLES if delta.exists(self._places.folder(name)))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep every file that `files` named readable for the block: an erasure waits for its end.

        Do not erase inside it.
        """
        with held(self._places.readers, shared=True):
            yield

    def compact(self, table: str, *, now: datetime | None = None) -> Compaction:
        """Merge the table's small files, sorted by customer, and delete files out of use for a week."""
        contract = table_of(table)
        with writer(self._places, table, self._limits) as connection:
            return until_committed(lambda: self._compact(connection, contract, now=now))

    def forget(self, customer_id: str, *, now: datetime) -> Receipt:
        """Erase a customer, with every id of theirs, from every table, older version and derived file.

        The receipt is kept.
        """
        return erasure.forget(self._places, customer_id, now=now, limits=self._limits)

    def ids_of(self, customer_id: str) -> tuple[str, ...]:
        """Every id of the customer with an id, as `identities` tells; the given one first."""
        return erasure.everyone_of(self._places, customer_id)

    def receipts(self) -> tuple[Receipt, ...]:
        """The receipts of the erasures so far, oldest first."""
        return erasure.receipts(self._places)

    def _snapshot(self, table: str) -> delta.Snapshot | None:
        return delta.snapshot(self._places.folder(table_of(table).name))

    def _tidy(self, connection: duckdb.DuckDBPyConnection, contract: Table, *, now: datetime) -> None:
        current = self._snapshot(contract.name)
        if current and compaction.is_due(current):
            until_committed(lambda: self._compact(connection, contract, now=now))

    def _compact(self, connection: duckdb.DuckDBPyConnection, contract: Table, *, now: datetime | None) -> Compaction:
        current = self._snapshot(contract.name)
        if not current:
            return Compaction(files=0, into=0, swept=0, version=0)
        return compaction.compact(connection, contract, current, scratch=self._places.scratch(contract.name), now=now)

"""One Delta table: its snapshots and the only way to change it, a commit that directly follows the one it read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.contracts import Table
from okaeri.facts.parquet import DataFile, sync
from okaeri.facts.shapes import Shape, shapes

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction, RemoveAction

_AT = "okaeriAt"
_LOG = "_delta_log"
_ADDED = "okaeri.added"


class Overtaken(Exception):
    """Another process committed first: read again and decide again."""


class NoLongerKept(OkaeriError):
    """The files of an older version are gone: swept after a week, or because a customer in them was erased."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a table at one version."""

    folder: Path
    version: int
    files: tuple[DataFile, ...]
    _table: DeltaTable

    @property
    def paths(self) -> tuple[str, ...]:
        """Where its files are."""
        return tuple(str(self.folder / file.name) for file in self.files)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(file.rows for file in self.files)

    def shapes(self, table: Table) -> tuple[Shape, ...]:
        """Its files by the columns they lack: without looking into them unless the table has grown or must grow."""
        known = {field.name: field.metadata for field in self._table.schema().fields}
        if all(name in known and _ADDED not in known[name] for name in table.names):
            return (Shape(self.paths),) if self.files else ()
        return shapes(table, self.paths)

    def grow(self, table: Table, *, at: datetime | None) -> bool:
        """Make a version with the contract's columns that this one lacks; whether there were any.

        Raises `Overtaken`, and `OkaeriError` for columns that only a newer contract can have.
        """
        from deltalake import CommitProperties, Field, Schema
        from deltalake.exceptions import CommitFailedError

        known = [field.name for field in self._table.schema().fields]
        _check_known(table, known)
        lacked = [field for field in Schema.from_arrow(table.arrow_schema()).fields if field.name not in known]
        if not lacked:
            return False
        # the mark says for ever that there may be files without the column
        marked = [Field(field.name, field.type, nullable=True, metadata={_ADDED: True}) for field in lacked]
        metadata = {_AT: at.isoformat()} if at else None
        properties = CommitProperties(custom_metadata=metadata, max_commit_retries=0)
        try:
            self._table.alter.add_columns(marked, commit_properties=properties)
        except CommitFailedError as error:
            raise Overtaken from error
        _sync_log(self.folder, self.version + 1)
        return True

    def has_landed(self, batch_id: str) -> bool:
        """Whether this batch is in it."""
        return self._table.transaction_version(batch_id) is not None

    def commit(
        self,
        *,
        at: datetime | None,
        add: Iterable[DataFile] = (),
        remove: Iterable[DataFile] = (),
        batch_id: str | None = None,
        same_rows: bool = False,
    ) -> int:
        """Make the next version; `same_rows` says that only the files changed. Returns its number.

        Raises `Overtaken` when the next version exists already: what was decided from this one may be wrong by then.
        """
        from deltalake import CommitProperties, Transaction
        from deltalake.exceptions import CommitFailedError

        actions: list[AddAction | RemoveAction] = [
            *self._removed(tuple(remove), same_rows=same_rows),
            *self._added(add, same_rows=same_rows),
        ]
        properties = CommitProperties(
            custom_metadata={_AT: at.isoformat()} if at else None,
            app_transactions=[Transaction(batch_id, 1)] if batch_id else None,
            max_commit_retries=0,  # a retry would land this decision on rows it has not seen
        )
        try:
            self._table.create_write_transaction(actions, "append", self._table.schema(), commit_properties=properties)
        except CommitFailedError as error:
            raise Overtaken from error
        _sync_log(self.folder, self.version + 1)
        return self.version + 1

    def _added(self, files: Iterable[DataFile], *, same_rows: bool) -> list[AddAction]:
        from deltalake.transaction import AddAction

        # counts only: the least and greatest values would keep a customer's id in the log after an erasure
        return [
            AddAction(
                file.name,
                file.size,
                {},
                _stamp(self.folder / file.name),
                not same_rows,
                json.dumps({"numRecords": file.rows}),
            )
            for file in files
        ]

    def _removed(self, files: Sequence[DataFile], *, same_rows: bool) -> list[RemoveAction]:
        from deltalake.transaction import RemoveAction

        for file in files:
            os.utime(self.folder / file.name)  # it is kept for a while from now on, by the disk's clock
        return [
            RemoveAction(file.name, not same_rows, _stamp(self.folder / file.name), file.size, {}) for file in files
        ]


def exists(folder: Path) -> bool:
    """Whether there is a Delta table in a folder."""
    return any((folder / _LOG).glob("*.json"))


def create(folder: Path, table: Table, *, at: datetime) -> None:
    """Make an empty Delta table with a contract's columns; one that exists is left alone."""
    if exists(folder):
        return
    from deltalake import CommitProperties, DeltaTable
    from deltalake.exceptions import CommitFailedError

    folder.mkdir(parents=True, exist_ok=True)
    properties = CommitProperties(custom_metadata={_AT: at.isoformat()})
    try:
        DeltaTable.create(str(folder), table.arrow_schema(), mode="ignore", commit_properties=properties)
    except CommitFailedError as error:
        raise Overtaken from error
    _sync_log(folder, 0)


def grown(current: Snapshot, table: Table, *, at: datetime | None) -> Snapshot:
    """The same rows in a table that has every column of the contract; raises as `Snapshot.grow` does."""
    later = snapshot(current.folder) if current.grow(table, at=at) else current
    if later is None or later.files != current.files:
        raise Overtaken
    return later


def snapshot(folder: Path, *, as_of: int | datetime | None = None) -> Snapshot | None:
    """A table as it is, or as it was at a version or a moment; None when it did not exist then.

    Raises `OkaeriError` for a version that never was or whose files are no longer kept.
    """
    if not exists(folder):
        return None
    from deltalake import DeltaTable

    version = version_at(folder, as_of) if isinstance(as_of, datetime) else as_of
    if isinstance(as_of, datetime) and version is None:
        return None
    latest = DeltaTable(str(folder))
    if version is None or version == latest.version():
        return _snapshot(folder, latest)
    if not 0 <= version < latest.version():
        raise OkaeriError(
            _("The table {table} has no version {version}.").format(table=folder.name, version=version),
            advice=_("Its latest version is {latest}.").format(latest=latest.version()),
        )
    earlier = _snapshot(folder, DeltaTable(str(folder), version=version))
    if not all(os.path.exists(path) for path in earlier.paths):
        raise NoLongerKept(
            _("Version {version} of {table} is no longer kept.").format(version=version, table=folder.name),
            advice=_("Old versions go after a week, or when a customer in them is erased. Ask for a later one."),
        )
    return earlier


def version_at(folder: Path, moment: datetime) -> int | None:
    """The latest version committed at or before a moment; None when there was none yet."""
    from deltalake import DeltaTable

    found, at = None, None
    for entry in reversed(DeltaTable(str(folder)).history()):
        at = datetime.fromisoformat(entry[_AT]) if _AT in entry else at
        if at is None or at <= moment:
            found = int(entry["version"])
    return found


def _snapshot(folder: Path, table: DeltaTable) -> Snapshot:
    import pyarrow as pa

    rows = pa.table(table.get_add_actions(flatten=True)).select(["path", "num_records", "size_bytes"]).to_pylist()
    files = (DataFile(row["path"], row["num_records"], row["size_bytes"]) for row in rows)
    return Snapshot(folder, table.version(), tuple(sorted(files, key=lambda file: file.name)), table)


def _check_known(table: Table, columns: Iterable[str]) -> None:
    newer = [name for name in columns if name not in table.names]
    if newer:
        raise OkaeriError(
            _("The table {table} has columns that this version of okaeri does not know: {columns}.").format(
                table=table.name, columns=", ".join(newer)
            ),
            advice=_("A newer version has written to this workspace. Update okaeri, then run this again."),
        )


def _stamp(path: Path) -> int:
    return int(path.stat().st_mtime * 1000)


def _sync_log(folder: Path, version: int) -> None:
    sync(folder / _LOG / f"{version:020}.json")
    sync(folder / _LOG)

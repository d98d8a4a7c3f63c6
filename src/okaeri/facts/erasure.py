"""Erasing one customer, with every id of theirs: from the rows, from older versions, from what was derived.

A receipt without the ids is kept.

An erasure writes down what it is about to do. One that was cut off is finished when the lake is next opened.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.facts.compaction import unused
from okaeri.facts.contracts import TABLES, Table
from okaeri.facts.delta import grown, snapshot
from okaeri.facts.identities import ids_of
from okaeri.facts.locks import held, held_if_free
from okaeri.facts.parquet import Limits, literal, parquet, sync, write, write_safely
from okaeri.facts.places import Places, until_committed, writer
from okaeri.facts.shapes import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

_PENDING = ".pending"


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """Proof of an erasure: rows removed and files rewritten per table.

    The customer is kept as the SHA-256 of `salt` followed by the id, so that only who knows the id can match it;
    `others` are those of the other ids that were theirs.
    """

    digest: str
    salt: str
    at: str
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def matches(self, customer_id: str) -> bool:
        """Whether this is the receipt of that customer."""
        return _digest(self.salt, customer_id) in (self.digest, *self.others)


def forget(places: Places, customer_id: str, *, now: datetime, limits: Limits) -> Receipt:
    """Erase a customer from every table, every kept version and everything derived."""
    with held(places.erasing):
        salt, everyone = secrets.token_hex(16), everyone_of(places, customer_id)
        digest, *others = (_digest(salt, each) for each in everyone)
        receipt = Receipt(digest=digest, salt=salt, at=now.isoformat(), others=others)
        return _erase(places, everyone, receipt, limits)


def everyone_of(places: Places, customer_id: str) -> tuple[str, ...]:
    """The ids that are one customer now, the given one first."""
    current = snapshot(places.folder("identities"))
    return ids_of(customer_id, current.paths if current else ())


def finish_pending(places: Places, *, limits: Limits) -> tuple[Receipt, ...]:
    """Finish the erasures that were cut off; those that another process is busy with are left to it."""
    if not any(places.erasures.glob(f"*{_PENDING}")):
        return ()
    with held_if_free(places.erasing) as free:
        if not free:
            return ()
        return tuple(_resume(places, path, limits) for path in sorted(places.erasures.glob(f"*{_PENDING}")))


def receipts(places: Places) -> tuple[Receipt, ...]:
    """The receipts kept, oldest first."""
    found = (Receipt(**json.loads(path.read_text("utf-8"))) for path in places.erasures.glob("*.json"))
    return tuple(sorted(found, key=lambda receipt: receipt.at))


def _resume(places: Places, path: Path, limits: Limits) -> Receipt:
    noted = json.loads(path.read_text("utf-8"))
    return _erase(places, noted["customer_ids"], Receipt(**noted["receipt"]), limits)


def _erase(places: Places, everyone: Sequence[str], receipt: Receipt, limits: Limits) -> Receipt:
    pending = places.erasures / f"{receipt.digest}{_PENDING}"
    _note(pending, everyone, receipt)
    tables = [table for table in TABLES.values() if table.has_customer]
    for table in tables:
        _remove_rows(places, table, everyone, receipt, pending, limits)
    with held(places.readers):
        for table in tables:
            _remove_files(places, table, everyone, limits)
        shutil.rmtree(places.derived, ignore_errors=True)
    write_safely(places.erasures / f"{receipt.digest}.json", json.dumps(asdict(receipt), indent=2))
    pending.unlink()
    sync(places.erasures)
    return receipt


def _remove_rows(
    places: Places, table: Table, everyone: Sequence[str], receipt: Receipt, pending: Path, limits: Limits
) -> None:
    """Commit a version without the customer's rows, noting first how many there are."""
    folder, theirs = places.folder(table.name), _names(table, everyone)

    def attempt() -> None:
        current = snapshot(folder)
        found = _where(connection, current.paths, theirs) if current else {}
        if not current or not found:
            return
        receipt.rows[table.name] = sum(found.values())
        receipt.files[table.name] = len(found)
        _note(pending, everyone, receipt)
        current = grown(current, table, at=datetime.fromisoformat(receipt.at))
        columns = ", ".join(f'"{name}"' for name in table.names)
        kept = f"select {columns} from {rows_of(table, found)} where ({theirs}) is not true"
        added = write(connection, kept, places.scratch(table.name), folder)
        touched = [file for file in current.files if str(folder / file.name) in found]
        current.commit(at=datetime.fromisoformat(receipt.at), add=added, remove=touched)

    if folder.exists() or places.scratch(table.name).exists():
        with writer(places, table.name, limits) as connection:
            until_committed(attempt)


def _remove_files(places: Places, table: Table, everyone: Sequence[str], limits: Limits) -> None:
    """Delete the unused files that still have the customer, and those that cannot be read."""
    folder = places.folder(table.name)
    if not folder.exists():
        return
    with writer(places, table.name, limits) as connection:
        current = snapshot(folder)
        for path in unused(current) if current else folder.glob("*.parquet"):
            if _may_have(connection, path, _names(table, everyone)):
                path.unlink()
        sync(folder)


def _where(connection: duckdb.DuckDBPyConnection, paths: tuple[str, ...], theirs: str) -> dict[str, int]:
    """Which of the files have rows of the customer, and how many."""
    if not paths:
        return {}
    counted = connection.execute(
        f"""select filename, count(*) from {parquet(paths, options="filename = true")}
        where {theirs} group by filename"""
    ).fetchall()
    return {str(name): int(count) for name, count in counted}


def _may_have(connection: duckdb.DuckDBPyConnection, path: Path, theirs: str) -> bool:
    import duckdb

    try:
        return bool(_where(connection, (str(path),), theirs))
    except duckdb.Error:
        return True  # half a file that no version has


def _names(table: Table, everyone: Sequence[str]) -> str:
    """SQL for whether a row names one of the ids, also as what another id is the same as."""
    listed = ", ".join(literal(each) for each in everyone)
    named = [name for name in ("customer_id", "same_as") if name in table.names]
    return " or ".join(f"{name} in ({listed})" for name in named)


def _note(pending: Path, everyone: Sequence[str], receipt: Receipt) -> None:
    write_safely(pending, json.dumps({"customer_ids": list(everyone), "receipt": asdict(receipt)}))


def _digest(salt: str, customer_id: str) -> str:
    return hashlib.sha256(f"{salt}{customer_id}".encode()).hexdigest()

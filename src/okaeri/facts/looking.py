"""A first look at a file before it is imported: its headers, its first rows as read, and which table it may be for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.facts.contracts import TABLES, Table, table_of
from okaeri.facts.reading.exports.export import Export
from okaeri.facts.reading.exports.preparing import prepare
from okaeri.facts.reading.exports.recognising import recognise
from okaeri.facts.reading.guess import Guess, by_names
from okaeri.facts.reading.mapping import map_columns, usable
from okaeri.facts.reading.opening import check_file, fingerprint, open_source
from okaeri.facts.reading.session import session
from okaeri.facts.reading.source import Connection, Source
from okaeri.facts.workspace import Workspace

_WEIGHTS = {"customers": 0.5}  # almost every file names somebody, so being about customers says the least
_LIKELIEST = "orders"  # of files whose headers say nothing
_REMEMBERED, _RECOGNISED = 2.0, 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One table the file may be for: column → header as guessed, and the required columns that found none."""

    table: str
    mapping: Mapping[str, str]
    missing: tuple[str, ...]
    fit: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a file looks like; `choices` has every table that rows are brought into, the best first.

    `made` are headers a recognised export gains beside its own.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str
    notes: tuple[Text, ...]
    export: Export | None
    choices: tuple[Choice, ...]
    made: tuple[str, ...] = ()

    def choice(self, table: str) -> Choice:
        """What the file would be as a table; raises `OkaeriError` when there is no such table."""
        name = table_of(table).name
        return next(each for each in self.choices if each.table == name)


def look_at(
    workspace: Workspace, path: Path | str, *, table: str | None = None, rows: int = 10, as_export: bool = True
) -> Look:
    """Open a file and say what it looks like; nothing lands.

    What stands in the columns is looked at for one table, `table` or the best; for the others names have to do.

    Raises `NothingUsable` when the file holds nothing to read, and `OkaeriError` when it cannot be opened.
    """
    file = Path(path)
    check_file(file)
    with session(workspace) as (connection, folder):
        _digest, contents = fingerprint(file)
        source = open_source(file, contents, connection, folder=folder)
        export = recognise(source.headers, table=table) if as_export else None
        opened = _Opened(workspace, source, connection, export)
        choices = {each.name: opened.choice(each) for each in TABLES.values() if not each.said}
        best = table or max(choices, key=lambda name: choices[name].fit)
        if choices[best].missing:
            choices[best] = opened.choice(table_of(best), thoroughly=True)
        if not table and _says_little(choices[best]):
            choices[_LIKELIEST] = opened.choice(table_of(_LIKELIEST), thoroughly=True)
        return Look(
            headers=source.headers,
            rows=_first(source, connection, rows),
            encoding=source.encoding,
            notes=source.notes,
            export=export,
            choices=tuple(sorted(choices.values(), key=lambda choice: -choice.fit)),
            made=prepare(export, source, connection).source.headers[len(source.headers) :] if export else (),
        )


def _first(source: Source, connection: Connection, rows: int) -> tuple[tuple[str, ...], ...]:
    if not rows:
        return ()
    cells = ", ".join(f"coalesce(h{place}::varchar, '')" for place in range(len(source.headers)))
    found = connection.execute(f"select {cells} from {source.relation} limit {int(rows)}").fetchall()
    return tuple(tuple(row) for row in found)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file that is open, and what is known of files like it."""

    workspace: Workspace
    source: Source
    connection: Connection
    export: Export | None

    def choice(self, table: Table, *, thoroughly: bool = False) -> Choice:
        """What the file would be as a table; `thoroughly` with a look at what stands in its columns."""
        if self.export is not None and self.export.table == table.name:
            laid = prepare(self.export, self.source, self.connection)
            kept = self.workspace.mapping(self.export.id)
            columns = (kept and usable(kept, table, laid.source)) or laid.columns
            return Choice(table=table.name, mapping=dict(columns), missing=(), fit=_RECOGNISED)
        kept = self.workspace.mapping(table.name)
        remembered = (usable(kept, table, self.source) if kept else None) or {}
        mapping = self._mapping(table, remembered, thoroughly=thoroughly)
        key = table.key[0] if len(table.key) == 1 and table.name != "customers" else ""  # one can be made
        missing = tuple(each.name for each in table.missing(mapping) if each.name != key)
        is_known = len(set(remembered.values())) > 1  # one header in common, such as an id, is no file seen before
        fit = _fit(table, mapping, missing) + (_REMEMBERED if is_known else 0.0)
        return Choice(table=table.name, mapping=mapping, missing=missing, fit=fit)

    def _mapping(self, table: Table, remembered: Mapping[str, str], *, thoroughly: bool) -> dict[str, str]:
        if thoroughly:
            with suppress(OkaeriError):
                return dict(map_columns(table, self.source, self.connection, given={}, saved=remembered).texts)
        used = {header for header in remembered.values() if header in self.source.headers}
        return by_names(Guess(table, self.source.headers, dict(remembered), used)).mapping


def _says_little(choice: Choice) -> bool:
    """Whether a day and somebody are all that was found: tickets have those, and so has every file of sales."""
    needed = sum(each.required for each in table_of(choice.table).columns)
    return bool(choice.missing) or 1 < len(choice.mapping) <= needed


def _fit(table: Table, mapping: Mapping[str, str], missing: tuple[str, ...]) -> float:
    """How well a file fits: nothing that is needed is missing, and much of it has a place."""
    needed = sum(column.required for column in table.columns) or 1
    found = sum(column.required and column.name in mapping for column in table.columns)
    places = len({header for column, header in mapping.items() if column != "line"})
    return (found / needed + 0.15 * places) * _WEIGHTS.get(table.name, 1.0) - len(missing)

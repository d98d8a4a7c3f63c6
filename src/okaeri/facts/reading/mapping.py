"""The mapping of one file: what the caller gives beats what the workspace remembers, and both beat the guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import Text, _
from okaeri.facts.contracts import ColumnType, Table
from okaeri.facts.reading.arithmetic import Formula, formula
from okaeri.facts.reading.guess import Guess, guess
from okaeri.facts.reading.names import plain, words_for
from okaeri.facts.reading.source import Connection, Source

LINE = "line"  # not a column of the contract: it names the header that tells the lines of one order apart
_NUMERIC = (ColumnType.AMOUNT, ColumnType.NUMBER, ColumnType.INTEGER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapped:
    """Column → formula over the source's headers; `line`: the place of a header that tells an order's lines apart."""

    formulas: Mapping[str, Formula]
    texts: Mapping[str, str]
    unused: tuple[int, ...]
    line: int | None
    notes: tuple[Text, ...]


def map_columns(
    table: Table, source: Source, connection: Connection, *, given: Mapping[str, str], saved: Mapping[str, str]
) -> Mapped:
    """Decide which header is which column.

    Raises `OkaeriError` for a column or header that does not exist, and when a required column finds no header.
    """
    for name in given:
        if name not in table.names and not (name == LINE and table.name == "orders"):
            raise unknown(
                _("column of {table}").format(table=table.name),
                name,
                table.names,
                listed_by=f"okaeri tables {table.name}",
            )
    texts = {**(usable(saved, table, source) or {}), **given}
    formulas = {name: formula(text, headers=source.headers) for name, text in texts.items()}
    used = {source.headers[place] for each in formulas.values() for place in each.places}
    found = guess(table, source, connection, given=texts, used=used)
    formulas = {name: formula(text, headers=source.headers) for name, text in found.mapping.items()}
    _check(table, source, formulas)
    places = {place for each in formulas.values() for place in each.places}
    return Mapped(
        formulas={name: each for name, each in formulas.items() if name != LINE},
        texts={name: found.mapping[name] for name in (*table.names, LINE) if name in found.mapping},
        unused=tuple(place for place in range(len(source.headers)) if place not in places),
        line=_line(table, source, found, formulas),
        notes=tuple(found.notes),
    )


def usable(saved: Mapping[str, str], table: Table, source: Source) -> dict[str, str] | None:
    """A remembered mapping, when the file has all the headers it speaks of; None when it has not."""
    try:
        for name, text in saved.items():
            formula(text, headers=source.headers)
            if name != LINE:
                table.column(name)
    except OkaeriError:
        return None
    return dict(saved)


def _check(table: Table, source: Source, formulas: Mapping[str, Formula]) -> None:
    for name, each in formulas.items():
        if name != LINE and not each.is_header and table.column(name).type not in _NUMERIC:
            raise OkaeriError(
                _("{column} holds no number, so {text!r} cannot be computed for it.").format(
                    column=name, text=each.text
                ),
                advice=_("Map it to one header: {headers}.").format(headers=", ".join(source.headers)),
            )
    key_is_made = len(table.key) == 1 and table.name != "customers"
    for column in table.missing(formulas):
        if not (key_is_made and column.name == table.key[0]):
            raise OkaeriError(
                _("No column of the file looks like {column}.").format(column=column.name),
                advice=_("Say which it is with --map {column}=HEADER; the headers are: {headers}.").format(
                    column=column.name, headers=", ".join(source.headers)
                ),
            )


def _line(table: Table, source: Source, found: Guess, formulas: Mapping[str, Formula]) -> int | None:
    if table.name != "orders":
        return None
    if LINE in formulas:
        return formulas[LINE].places[0] if formulas[LINE].places else None
    header = found.named(LINE)
    if header is None and len(formulas["amount"].places) > 1:
        quantity = words_for(table.name, "quantity")
        header = next(
            (source.headers[place] for place in formulas["amount"].places if plain(source.headers[place]) in quantity),
            None,
        )
    return source.headers.index(header) if header else None

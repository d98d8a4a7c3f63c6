"""What people choose about a file: its table, which header is which column, the order of day and month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.facts.contracts import TABLES, ColumnType, table_of
from okaeri.facts.looking import Look
from okaeri.web.core.intake.sentences import LINE_DOC

COLUMN = "column-"
OWN = "own-"
_NUMBERS = (ColumnType.AMOUNT, ColumnType.NUMBER, ColumnType.INTEGER)
DATE_ORDERS = ("", "ymd", "dmy", "mdy")


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnChoice:
    """One column of a table and what it is taken from; `own` is arithmetic on headers, typed by hand."""

    name: str
    doc: Text
    needed: bool
    header: str
    own: str
    missing: bool
    counts: bool = False

    @property
    def is_used(self) -> bool:
        """Whether it needs a look: it is needed, or something was found for it."""
        return self.needed or bool(self.header or self.own)


def column_choices(look: Look, table: str, *, chosen: Mapping[str, str] | None = None) -> tuple[ColumnChoice, ...]:
    """The columns of a table with what was guessed or chosen, the needed ones first."""
    choice = look.choice(table)
    mapping = chosen if chosen is not None else choice.mapping
    contract = table_of(table)
    missing = {column.name for column in contract.missing(mapping)} - _made(table)
    headers = (*look.headers, *look.made)
    rows = [
        ColumnChoice(
            name=column.name,
            doc=column.doc,
            needed=column.required and column.name not in _made(table),
            header=text if (text := mapping.get(column.name, "")) in headers else "",
            own=text if text not in headers else "",
            missing=column.name in missing,
            counts=column.type in _NUMBERS,
        )
        for column in contract.columns
        if column.type.value != "json" or column.name in mapping
    ]
    if "line" in mapping:
        rows.append(_line(mapping["line"], headers))
    return tuple(sorted(rows, key=lambda row: not row.needed))


def _made(table: str) -> set[str]:
    """A key that is made from the row where the file has none."""
    contract = TABLES[table]
    return {contract.key[0]} if len(contract.key) == 1 and table != "customers" else set()


def _line(text: str, headers: Sequence[str]) -> ColumnChoice:
    known = text in headers
    return ColumnChoice(
        name="line", doc=LINE_DOC, needed=False, header=text if known else "", own="" if known else text, missing=False
    )


def posted_mapping(posted: Mapping[str, str], *, table: str) -> dict[str, str]:
    """Column → header or arithmetic as the form says; what was typed beats what was chosen."""
    found = {}
    for name in (*table_of(table).names, "line"):
        typed = posted.get(f"{OWN}{name}", "").strip()
        header = typed or posted.get(f"{COLUMN}{name}", "").strip()
        if header:
            found[name] = header
    return found


def posted_table(posted: Mapping[str, str], *, default: str) -> str:
    """The table chosen, or the one that fits best."""
    wanted = posted.get("table", "")
    try:
        return table_of(wanted).name if wanted else default
    except OkaeriError:
        return default

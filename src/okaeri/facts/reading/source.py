"""An opened file: its headers, one DuckDB relation over its rows, and how to find a row's line again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from okaeri.base.text import Text

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """A line that is no row at all: its line number (1 is the first), what stands there, and a reason code."""

    line: int
    value: str
    reason: str


def _no_rejects(connection: Connection) -> tuple[Reject, ...]:
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file's rows as `relation`, whose columns are `h0, h1, …` in the order of `headers`.

    `types` are DuckDB's; text formats have varchar only. `rejects` may be asked once the rows were loaded in order;
    `lines` turns row numbers (0 is the first row) into line numbers.
    """

    kind: str
    headers: tuple[str, ...]
    types: tuple[str, ...]
    relation: str
    encoding: str
    lines: Callable[[Sequence[int]], Mapping[int, int]]
    rejects: Callable[[Connection], Sequence[Reject]] = _no_rejects
    notes: tuple[Text, ...] = field(default=())
    headed: bool = True


def unique_headers(found: Iterable[object]) -> tuple[str, ...]:
    """Headers without blanks at their ends, each told apart from the others.

    >>> unique_headers([" id ", "", "id"])
    ('id', 'column2', 'id (2)')
    """
    seen: dict[str, int] = {}
    result = []
    for place, header in enumerate(found, start=1):
        name = " ".join(str(header or "").split()) or f"column{place}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)


def sql_text(value: object) -> str:
    """A text as an SQL literal.

    >>> sql_text("o'clock")
    "'o''clock'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def sql_path(path: Path | str) -> str:
    """A path as an SQL literal that names this one file, even with the signs of a pattern in it.

    >>> sql_path("orders[1].csv")
    "'orders[[]1].csv'"
    """
    return sql_text(re.sub(r"([*?\[])", r"[\1]", str(path)))


def sql_name(name: str) -> str:
    """A name as a quoted SQL identifier.

    >>> sql_name('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'

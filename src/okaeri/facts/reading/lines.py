"""From a row back to its line in a text file: needed only for rows that go to quarantine."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

_CHUNK = 1 << 22
_Row = tuple[int, int, bool]  # its line, how many cells, whether it is blank


def line_at(path: Path, positions: Sequence[int]) -> list[int]:
    """The line number (1 is the first) of each byte position; positions must rise.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> line_at(path, [0, 2]) if path.write_bytes(b"a\\nb\\n") else None
    [1, 2]
    """
    found: list[int] = []
    line, start = 1, 0
    with path.open("rb") as stream:
        while len(found) < len(positions) and (chunk := stream.read(_CHUNK)):
            cursor = 0
            while len(found) < len(positions) and positions[len(found)] < start + len(chunk):
                here = positions[len(found)] - start
                line += chunk.count(b"\n", cursor, here)
                cursor = here
                found.append(line)
            line += chunk.count(b"\n", cursor)
            start += len(chunk)
    return found + [line] * (len(positions) - len(found))


def lines_of(
    path: Path, ordinals: Sequence[int], *, skip: int, delimiter: str, quote: str, width: int, plain: bool
) -> Mapping[int, int]:
    """The line on which each row (0 is the first after `skip` lines) begins, counted as DuckDB counts rows.

    `plain` means no quotes at all: then a line is a row, unless it is blank or has another number of cells.
    """
    if not ordinals:
        return {}
    wanted, found, row = set(ordinals), {}, -1
    last = max(wanted)
    with path.open(encoding="utf-8", errors="replace", newline="" if not plain else "\n") as stream:
        for _line in range(skip):
            stream.readline()
        plainly = _counted(stream, skip=skip, delimiter=delimiter)
        rows = plainly if plain else _parsed(stream, skip=skip, delimiter=delimiter, quote=quote)
        for number, cells, blank in rows:
            row += not blank and cells == width
            if row in wanted and row not in found:
                found[row] = number
            if row >= last:
                break
    return found


def _counted(stream: IO[str], *, skip: int, delimiter: str) -> Iterator[_Row]:
    for number, line in enumerate(stream, skip + 1):
        yield number, line.count(delimiter) + 1, not line.strip("\r\n")


def _parsed(stream: IO[str], *, skip: int, delimiter: str, quote: str) -> Iterator[_Row]:
    csv.field_size_limit(1 << 24)
    reader = csv.reader(stream, delimiter=delimiter, quotechar=quote)
    begins = skip + 1
    for cells in reader:
        yield begins, len(cells), not cells
        begins = skip + reader.line_num + 1

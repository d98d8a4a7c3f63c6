"""Delimited and blank-aligned text as a source. DuckDB parses; lines it cannot parse become rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from okaeri.base.text import Text, _
from okaeri.facts.reading.contents import Contents, as_utf8, examine
from okaeri.facts.reading.layout import Layout, layout_of
from okaeri.facts.reading.lines import line_at, lines_of
from okaeri.facts.reading.source import Connection, Reject, Source, sql_path, sql_text

_CHUNK = 1 << 22
_LONGEST_VALUE = 500
_REASONS = {
    "MISSING COLUMNS": "too_few_cells",
    "TOO MANY COLUMNS": "too_many_cells",
    "UNQUOTED VALUE": "open_quote",
    "LINE SIZE OVER MAXIMUM": "open_quote",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opened:
    """A text file made ready for DuckDB: UTF-8, one delimiter, and lines taken out because of an open quote."""

    path: Path
    name: str
    layout: Layout
    quote: str
    contents: Contents
    taken_out: tuple[Reject, ...] = ()

    @property
    def relation(self) -> str:
        columns = ", ".join(f"'h{place}': 'VARCHAR'" for place in range(len(self.layout.headers)))
        return (
            f"read_csv({sql_path(self.path)}, auto_detect=false, header=false, skip={self.layout.skip}, "
            f"delim={sql_text(self.layout.delimiter)}, quote={sql_text(self.quote)}, escape={sql_text(self.quote)}, "
            f"columns={{{columns}}}, strict_mode=true, store_rejects=true, max_line_size=8388608)"
        )

    def rejects(self, connection: Connection) -> tuple[Reject, ...]:
        """What the last scan of this file could not parse, and what was taken out before it."""
        found = connection.execute(
            "select line_byte_position, min(error_type::varchar), min(csv_line) from reject_errors "
            "where scan_id = (select max(scan_id) from reject_scans where file_path = ?) group by 1 order by 1",
            [str(self.path)],
        ).fetchall()
        places = line_at(self.path, [int(position or 0) for position, _kind, _line in found])
        parsed = (
            Reject(
                line=place, value=(line or "").strip()[:_LONGEST_VALUE], reason=_REASONS.get(kind, "unreadable_line")
            )
            for place, (_position, kind, line) in zip(places, found, strict=True)
        )
        return (*self.taken_out, *parsed)

    def lines(self, ordinals: Sequence[int]) -> Mapping[int, int]:
        """The line each row begins on."""
        return lines_of(
            self.path,
            ordinals,
            skip=self.layout.skip,
            delimiter=self.layout.delimiter,
            quote=self.quote,
            width=len(self.layout.headers),
            plain=not self.contents.quotes,
        )


def open_delimited(contents: Contents, folder: Path, *, mend_quotes: bool = False) -> Source:
    """A CSV, TSV, semicolon, pipe or blank-aligned file; `folder` takes the copies that are needed on the way.

    `mend_quotes` takes out the lines on which a quote is left open, so that it cannot swallow the rows after it, and
    makes all lines end alike.
    """
    path = as_utf8(contents, folder)
    if not contents.newlines and b"\r" in contents.head:
        path = _rewritten(path, folder / "lines.utf8", rb"\r", b"\n")
    layout = layout_of(_start_of(path), file=contents.path.name)
    if layout.gap:
        path = _rewritten(path, folder / "aligned.utf8", *_alignment(layout.gap))
    taken_out: tuple[Reject, ...] = ()
    if mend_quotes:
        # what reads them wants one kind of line end, and files put together from two systems have both
        path = _rewritten(path, folder / "ends.utf8", rb"\r\n", b"\n")
        path, taken_out = _without_open_quotes(path, folder / "mended.utf8")
    if path != contents.path:
        contents = replace(examine(path), digest=contents.digest, codec=contents.codec)
    opened = _Opened(
        path=path, name=contents.path.name, layout=layout, quote="" if layout.gap else '"', contents=contents,
        taken_out=taken_out,
    )  # fmt: skip
    return Source(
        kind="text",
        headers=layout.headers,
        types=("VARCHAR",) * len(layout.headers),
        relation=opened.relation,
        encoding=contents.encoding,
        lines=opened.lines,
        rejects=opened.rejects,
        notes=tuple(_notes(layout)),
        headed=layout.headed,
    )


def _notes(layout: Layout) -> Iterator[Text]:
    if layout.above:
        yield _("{n} lines above the header were skipped.").format(n=layout.above)
    if not layout.headed:
        yield _("The file has no header; its columns are called column1, column2 and so on.")


def _start_of(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(_CHUNK // 16)
        whole = not stream.read(1)
    if not whole and b"\n" in start:
        start = start[: start.rfind(b"\n") + 1]
    return start.decode("utf-8", errors="ignore")


def _alignment(gap: str) -> tuple[bytes, bytes]:
    inner = rb"[ \t]+" if gap == r"\s+" else rb" {2,}|[ \t]*\t[ \t]*"
    return rb"(?m)^[ \t]+|[ \t\r]+$|(" + inner + rb")", b"\t"


def _rewritten(path: Path, copy: Path, pattern: bytes, to: bytes) -> Path:
    """A copy with every match of `pattern` replaced; a match of no group at a line's edge is dropped."""
    matcher = re.compile(pattern)
    replacement = (lambda match: to if match.group(1) else b"") if matcher.groups else (lambda match: to)
    with copy.open("wb") as out:
        for block in _whole_lines(path):
            out.write(matcher.sub(replacement, block))
    return copy


def _without_open_quotes(path: Path, copy: Path) -> tuple[Path, tuple[Reject, ...]]:
    """Blank out lines with an odd number of quotes; line numbers stay as they were."""
    taken: list[Reject] = []
    number = 0
    with copy.open("wb") as out:
        for block in _whole_lines(path):
            for line in block.splitlines(keepends=True):
                number += 1
                if line.count(b'"') % 2:
                    value = line.decode("utf-8", errors="replace").strip()[:_LONGEST_VALUE]
                    taken.append(Reject(line=number, value=value, reason="open_quote"))
                    line = b"\n"
                out.write(line)
    return copy, tuple(taken)


def _whole_lines(path: Path) -> Iterator[bytes]:
    rest = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            block = rest + chunk
            cut = block.rfind(b"\n") + 1
            rest = block[cut:]
            yield block[:cut]
    if rest:
        yield rest

"""Rows that were left out, written where a person can mend them: file, line, column, value, reason, advice."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from pathlib import Path

from okaeri.facts.reading.reasons import LeftOut, advice_of, reason_of
from okaeri.facts.reading.source import Connection, Reject, Source, sql_text
from okaeri.facts.reading.typed import Check

_HEADER = ("file", "line", "column", "value", "reason", "advice")
_LONGEST_VALUE = 500
_BLOCK = 50_000
_MOST_WHOLE = 100_000  # nobody mends more of them row by row
Row = tuple[int | None, str, str, str, str]


def count_left_out(connection: Connection, rejects: Sequence[Reject], checks: Sequence[Check]) -> tuple[LeftOut, ...]:
    """How many rows were left out for which reason, most first."""
    found = connection.execute(
        f"select wrong, coalesce({_seen(checks)}, '') as seen, count(*) from typed join raw on raw.rowid = ord "
        "where wrong is not null group by all order by all"
    ).fetchall()
    tally = Counter({(checks[place].code, checks[place].column, seen): number for place, seen, number in found})
    tally.update((reject.reason, "", "") for reject in rejects)
    return tuple(
        LeftOut(code=code, column=column, seen=seen, count=number)
        for (code, column, seen), number in tally.most_common()
    )


def _seen(checks: Sequence[Check]) -> str:
    """SQL for the word for nothing that a row was left out for."""
    cases = " ".join(f"when {place} then {check.seen}" for place, check in enumerate(checks) if check.seen)
    return f"case wrong {cases} end" if cases else "null"


def write_quarantine(
    connection: Connection,
    target: Path,
    *,
    file: str,
    source: Source,
    rejects: Sequence[Reject],
    checks: Sequence[Check],
) -> dict[int, int]:
    """Write the file in one step: UTF-8 with a byte order mark, which Excel needs to open it well.

    Returns the line of each row that is in it, of the first ones where there are very many.
    """
    places: dict[int, int] = {}
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(_HEADER)
            both = merge(_reject_rows(rejects), _rows(connection, source, checks, places), key=_line_of)
            writer.writerows((file, *row) for row in both)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return places


def whole_rows_path(quarantine: Path) -> Path:
    """Where the whole rows of a quarantine file lie, beside it."""
    return quarantine.with_suffix(".rows.parquet")


def write_whole_rows(
    connection: Connection, target: Path, *, source: Source, headers: Sequence[str], row: str, lines: Mapping[int, int]
) -> None:
    """Keep the rows as they stand, so that nobody has to look for them in a long file again.

    `headers` are the file's own, the first of the source; `row` is SQL for the row of the file, counted from 0.
    """
    import pyarrow as pa  # heavy: only where rows were set aside

    places = {"ordinal": pa.array(list(lines), pa.int64()), "line": pa.array(list(lines.values()), pa.int64())}
    connection.register("places", pa.table(places))
    cells = ", ".join(f"coalesce(h{n}::varchar, '') as h{n}" for n in range(len(headers)))
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    told = sql_text(json.dumps(list(headers), ensure_ascii=False))
    connection.execute(
        f"copy (select line, file_row, {cells} from (select *, {row} as file_row from "
        f"(select row_number() over () - 1 as ordinal, * from {source.relation})) join places using (ordinal)) "
        f"to {sql_text(unfinished)} (format parquet, kv_metadata {{headers: {told}}})"
    )
    connection.unregister("places")
    os.replace(unfinished, target)


def forget_in_quarantine(folder: Path, customer_id: str) -> int:
    """Empty the values that name a customer in every quarantine file, and return how many; line and reason stay."""
    emptied = 0
    for target in sorted(folder.glob("*.csv")):
        with target.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        naming = [row for row in rows[1:] if customer_id in row[_HEADER.index("value")]]
        for row in naming:
            row[_HEADER.index("value")] = ""
        if naming:
            unfinished = target.with_name(f".{target.name}.{os.getpid()}")
            with unfinished.open("w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerows(rows)
            os.replace(unfinished, target)
        emptied += len(naming)
    for kept in sorted(folder.glob("*.rows.parquet")):
        if _names(kept, customer_id):
            kept.unlink()
    return emptied


def _names(path: Path, customer_id: str) -> bool:
    import pyarrow.compute as pc  # heavy: only where rows were set aside
    import pyarrow.parquet as pq

    texts = pq.read_table(path).drop_columns(["line", "file_row"]).columns
    return any(pc.any(pc.match_substring(text, customer_id)).as_py() for text in texts)


def _line_of(row: Row) -> int:
    return row[0] or 0


def _reject_rows(rejects: Sequence[Reject]) -> Iterator[Row]:
    for reject in sorted(rejects, key=lambda reject: reject.line):
        said = str(reason_of(reject.reason, "")), str(advice_of(reject.reason, ""))
        yield reject.line, "", unarmed(reject.value), *said


def _rows(connection: Connection, source: Source, checks: Sequence[Check], places: dict[int, int]) -> Iterator[Row]:
    """Each row as it is written; `places` gains its line."""
    shown = " ".join(f"when {place} then {check.shown}" for place, check in enumerate(checks) if check.shown)
    value = f"case wrong {shown} end" if shown else "null"
    result = connection.execute(
        f"select ord, wrong, substr({value}, 1, {_LONGEST_VALUE}), coalesce({_seen(checks)}, '') "
        "from typed join raw on raw.rowid = ord "
        "where wrong is not null order by ord"
    ).fetchall()
    for start in range(0, len(result), _BLOCK):
        block = result[start : start + _BLOCK]
        lines = source.lines([row[0] for row in block])
        if len(places) < _MOST_WHOLE:
            places |= lines
        for ordinal, wrong, text, seen in block:
            check = checks[wrong]
            said = str(reason_of(check.code, check.column, seen=seen)), str(advice_of(check.code, check.column))
            yield lines.get(ordinal), check.column, unarmed(text or ""), *said


def unarmed(value: str) -> str:
    """A value that no spreadsheet takes for a formula.

    >>> unarmed("=1+1"), unarmed("-5"), unarmed("tea")
    ("'=1+1", '-5', 'tea')
    """
    if not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    return value if value[1:].replace(".", "", 1).replace(",", "").isdigit() else "'" + value

"""JSON Lines, JSON arrays and Parquet files as sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _
from okaeri.facts.reading.contents import Contents, as_utf8
from okaeri.facts.reading.source import Connection, Reject, Source, sql_name, sql_path, sql_text, unique_headers

_LONGEST_VALUE = 500
_RECORDS_LOOKED_AT = 20_000


def open_parquet(path: Path, connection: Connection) -> Source:
    """A Parquet file; its columns keep their types. Raises `NothingUsable` when it cannot be read."""
    scan = f"read_parquet({sql_path(path)})"
    try:
        described = connection.execute(f"describe select * from {scan}").fetchall()
    except duckdb.Error as error:
        raise _unreadable(path, "Parquet", error) from None
    names, types = [row[0] for row in described], [row[1] for row in described]
    columns = ", ".join(
        f"{_readable(name, kind)} as h{place}" for place, (name, kind) in enumerate(zip(names, types, strict=True))
    )
    return Source(
        kind="parquet",
        headers=unique_headers(names),
        types=tuple(kind if _is_plain(kind) else "VARCHAR" for kind in types),
        relation=f"(select {columns} from {scan})",
        encoding="Parquet",
        lines=lambda ordinals: {ordinal: ordinal + 1 for ordinal in ordinals},
    )


def _is_plain(kind: str) -> bool:
    return "[" not in kind and not kind.startswith(("STRUCT", "MAP", "UNION", "BLOB", "ENUM"))


def _readable(name: str, kind: str) -> str:
    if _is_plain(kind):
        return sql_name(name)
    return f"{sql_name(name)}::varchar" if kind.startswith(("ENUM", "BLOB")) else f"to_json({sql_name(name)})::varchar"


def open_json(contents: Contents, folder: Path, connection: Connection) -> Source:
    """One JSON object per line, or one array of objects.

    Raises `NothingUsable` when an array does not parse or no object is found.
    """
    path = as_utf8(contents, folder)
    is_array = contents.head.decode("utf-8", errors="ignore").lstrip("\ufeff \r\n\t").startswith("[")
    try:
        (_load_array if is_array else _load_lines)(path, connection)
    except duckdb.Error as error:
        raise _unreadable(contents.path, "JSON", error) from None
    headers = _keys(connection, contents.path)
    paths = ", ".join(sql_text('$."' + header.replace('"', '\\"') + '"') for header in headers)
    columns = ", ".join(f"cells[{place + 1}] as h{place}" for place in range(len(headers)))
    cells = f"(select json_extract_string(record, [{paths}]) as cells from json_records where is_record)"
    return Source(
        kind="json",
        headers=unique_headers(headers),
        types=("VARCHAR",) * len(headers),
        relation=f"(select {columns} from {cells})",
        encoding=contents.encoding,
        lines=lambda ordinals: _lines(connection, ordinals),
        rejects=_rejects,
    )


def _load_lines(path: Path, connection: Connection) -> None:
    """A line is a record; a blank line is none."""
    connection.execute(f"""
        create temp table json_lines as
        select line from read_csv({sql_path(path)}, auto_detect=false, header=false, delim='\x1f', quote='', escape='',
                                  columns={{'line': 'VARCHAR'}}, max_line_size=67108864)""")
    connection.execute("""
        create temp table json_records as
        select rowid + 1 as place, line as record,
               coalesce(json_type(try_cast(line as json)) = 'OBJECT', false) as is_record
        from json_lines where trim(coalesce(line, '')) <> ''""")
    connection.execute("drop table json_lines")


def _load_array(path: Path, connection: Connection) -> None:
    connection.execute(f"""
        create temp table json_array as
        select json from read_json_objects({sql_path(path)}, format='array', maximum_object_size=67108864)""")
    connection.execute("""
        create temp table json_records as
        select rowid + 1 as place, json::varchar as record, coalesce(json_type(json) = 'OBJECT', false) as is_record
        from json_array""")
    connection.execute("drop table json_array")


def _keys(connection: Connection, path: Path) -> list[str]:
    found = connection.execute(f"""
        select key from (
            select unnest(json_keys(record)) as key, place
            from json_records where is_record order by place limit {_RECORDS_LOOKED_AT})
        group by key order by min(place), key""").fetchall()
    keys = [row[0] for row in found]
    if not keys:
        raise NothingUsable(
            _("{file} holds no JSON object.").format(file=path.name),
            advice=_("Write one object per line, or one array of objects."),
        )
    first = connection.execute(
        "select json_keys(record) from json_records where is_record order by place limit 1"
    ).fetchone()
    order = list(first[0]) if first else []
    return sorted(keys, key=lambda key: order.index(key) if key in order else len(order))


def _rejects(connection: Connection) -> Sequence[Reject]:
    found = connection.execute("select place, record from json_records where not is_record order by place").fetchall()
    return [Reject(line=place, value=str(record)[:_LONGEST_VALUE], reason="unreadable_line") for place, record in found]


def _lines(connection: Connection, ordinals: Sequence[int]) -> dict[int, int]:
    found = connection.execute(
        "select ordinal, place from (select row_number() over (order by place) - 1 as ordinal, place "
        "from json_records where is_record) where ordinal in (select unnest(?))",
        [list(ordinals)],
    ).fetchall()
    return dict(found)


def _unreadable(path: Path, kind: str, error: duckdb.Error) -> NothingUsable:
    why = str(error).strip().splitlines()[0][:200]
    return NothingUsable(
        _("{file} cannot be read as {kind}: {why}").format(file=path.name, kind=kind, why=why),
        advice=_("Export it again; CSV, Excel, JSON Lines and Parquet are read."),
    )

"""What happened to the facts between two measurings: rows new, replaced or gone that touch the days of a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from okaeri.base.errors import OkaeriError
from okaeri.engines.derived import local_day
from okaeri.facts.contracts import TABLES, ColumnType, Table
from okaeri.facts.lake import Lake
from okaeri.facts.parquet import literal
from okaeri.facts.reading.receipts import receipts
from okaeri.facts.shapes import rows_of
from okaeri.facts.workspace import Workspace
from okaeri.metrics.timetable import EPOCH
from okaeri.restatements.restatement import Change, Landed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Days = tuple[str, str]
_EXAMPLES = 3
_FOREVER = 2_000_000_000  # a day that never comes: the end of what still runs
_NEVER = -2_000_000_000


def changes_between(
    workspace: Workspace, *, old: Mapping[str, int], new: Mapping[str, int], periods: Iterable[Days]
) -> dict[Days, tuple[Change, ...]]:
    """What changed in each table from the versions `old` to `new`, for each period (first day, day after the last)."""
    asked = sorted(set(periods))
    found: dict[Days, list[Change]] = {period: [] for period in asked}
    for table in (TABLES[name] for name in new if name in TABLES and old.get(name) != new[name]):
        files = landed_between(workspace, table.name, after=old.get(table.name, -1), until=new[table.name])
        counted = _counted(workspace, table, old.get(table.name), new[table.name], asked)
        for period in asked:
            row = {"counted": False} if counted is None else counted.get(period, {})
            found[period].append(Change(table=table.name, files=files, **row))
    return {period: tuple(change for change in changes if change.touches) for period, changes in found.items()}


def erased_between(workspace: Workspace, *, after: datetime, until: datetime) -> int:
    """How many customers were erased after one moment and up to another."""
    moments = (datetime.fromisoformat(receipt.at) for receipt in Lake(workspace.lake_path).receipts() if receipt.rows)
    return sum(after < moment <= until for moment in moments)


def landed_between(workspace: Workspace, table: str, *, after: int, until: int) -> tuple[Landed, ...]:
    """The imports that made a table's versions after one and up to another."""
    return tuple(
        Landed(file=each["file"], at=each["imported_at"], new=each["new"], replaced=each["replaced"])
        for each in receipts(workspace, table=table)
        if after < each["version"] <= until and (each["new"] or each["replaced"])
    )


def _counted(
    workspace: Workspace, table: Table, old: int | None, new: int, periods: list[Days]
) -> dict[Days, dict[str, Any]] | None:
    """The rows that changed, by period; None when the older rows are no longer kept."""
    import duckdb

    lake = Lake(workspace.lake_path)
    try:
        before = set(lake.files(table.name, as_of=old)) if old is not None else set()
        after = set(lake.files(table.name, as_of=new))
        with duckdb.connect() as connection:
            _limit(connection, workspace)
            _compare(connection, table, before - after, after - before, zone=workspace.settings.zone)
            _name_periods(connection, periods)
            return _by_period(connection)
    except (OkaeriError, duckdb.IOException, FileNotFoundError):
        return None


def _limit(connection: DuckDBPyConnection, workspace: Workspace) -> None:
    settings = workspace.settings
    if settings.threads:
        connection.execute(f"set threads = {settings.threads}")
    if settings.memory_limit:
        connection.execute(f"set memory_limit = {literal(settings.memory_limit)}")
    connection.execute(f"set temp_directory = {literal(str(workspace.path / 'spill'))}")


def _compare(connection: DuckDBPyConnection, table: Table, before: set[str], after: set[str], *, zone: str) -> None:
    """Make `groups`: changed rows by kind and by the days they touched before and touch now."""
    connection.execute(f"create temp table old as {_rows(table, before, zone)}")
    connection.execute(f"create temp table fresh as {_rows(table, after, zone)}")
    connection.execute(
        f"""create temp table groups as
        select case when o.key is null then 'new' when f.key is null then 'gone' else 'replaced' end as kind,
               coalesce(o.first_day, {_FOREVER}) as old_first, coalesce(o.last_day, {_NEVER}) as old_last,
               coalesce(f.first_day, {_FOREVER}) as new_first, coalesce(f.last_day, {_NEVER}) as new_last,
               count(*) as n, min(f.key, {_EXAMPLES}) as keys
        from old o full join fresh f on f.key = o.key
        where o.print is distinct from f.print
        group by all"""
    )


def _rows(table: Table, paths: set[str], zone: str) -> str:
    """Key, days touched and a fingerprint of each row; a table that says no time touches every day."""
    key = key_of(table)
    columns = ", ".join(f'"{name}"' for name in table.names)
    first, last = _days(table, zone)
    selected = f"select {key} as key, {first} as first_day, {last} as last_day, hash({columns}) as print"
    if not paths:
        empty = ", ".join(f'cast(null as {column.type.sql}) as "{column.name}"' for column in table.columns)
        return f"{selected} from (select {empty}) where false"
    return f"{selected} from {rows_of(table, sorted(paths))}"


def key_of(table: Table) -> str:
    """SQL for a row's key as one text."""
    return " || ' + ' || ".join(f"coalesce(cast(\"{name}\" as varchar), '')" for name in table.key)


def _days(table: Table, zone: str) -> tuple[str, str]:
    if table.time is None:
        return str(_NEVER), str(_FOREVER)
    happened = f"coalesce({', '.join(_day(table, name, zone) for name in table.times)})"
    ends = [end for _start, end in table.spans]
    if not ends:
        return happened, happened
    until = ", ".join(f"coalesce({_day(table, end, zone)}, {_FOREVER})" for end in ends)  # no end: it still runs
    return happened, f"greatest({happened}, {until})"


def _day(table: Table, column: str, zone: str) -> str:
    named = f'"{column}"'
    if table.column(column).type is ColumnType.INSTANT:
        return f"cast({local_day(named, zone)} as bigint)"
    return f"date_diff('day', date '1970-01-01', {named})"


def _name_periods(connection: DuckDBPyConnection, periods: list[Days]) -> None:
    rows = [(place, *(_number(day) for day in period), *period) for place, period in enumerate(periods)]
    connection.execute("create temp table periods (place int, first int, until int, start varchar, stop varchar)")
    connection.executemany("insert into periods values (?, ?, ?, ?, ?)", rows)


def _by_period(connection: DuckDBPyConnection) -> dict[Days, dict[str, Any]]:
    rows = connection.execute(
        f"""with touching as (
            select p.start, p.stop, g.kind, g.n, g.keys,
                   (g.old_first < p.until and g.old_last >= p.first)
                       or (g.new_first < p.until and g.new_last >= p.first) as inside,
                   least(g.old_first, g.new_first) < p.first as earlier
            from periods p cross join groups g
        )
        select start, stop, kind,
               sum(case when inside then n else 0 end) as inside,
               sum(case when earlier and not inside then n else 0 end) as earlier,
               min(case when inside then keys end, {_EXAMPLES}) as keys
        from touching group by all order by kind"""
    ).fetchall()
    found: dict[Days, dict[str, Any]] = {}
    for start, stop, kind, inside, earlier, keys in rows:
        here = found.setdefault((start, stop), {"earlier": 0, "examples": ()})
        here[kind] = int(inside)
        here["earlier"] += int(earlier)
        if kind != "gone":  # what is gone was erased, and must not be named
            named = [key for group in keys or () for key in group]
            here["examples"] = (*here["examples"], *named[:_EXAMPLES])
    return found


def _number(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days

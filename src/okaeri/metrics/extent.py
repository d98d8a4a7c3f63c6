"""From which local day to which one each table has facts; asked of the stored instants, which costs next to nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from okaeri.base.calendar import Calendar
from okaeri.engines.engine import Engine
from okaeri.facts.contracts import TABLES
from okaeri.metrics.timetable import EPOCH

_KEPT = {"orders": "order", "events": "event"}


class Extent:
    """The first and last days of the tables in one engine; each table is asked once."""

    def __init__(self, engine: Engine, calendar: Calendar) -> None:
        self._engine = engine
        self._calendar = calendar
        self._asked: dict[str, tuple[date | None, date | None]] = {}

    def first(self, table: str) -> date | None:
        """The local day of a table's first fact; None without any."""
        return self._of(table)[0]

    def last(self, table: str) -> date | None:
        """The local day of a table's last fact, also of one dated in the future; None without any."""
        return self._of(table)[1]

    def observed_until(self, tables: Collection[str], *, today: date) -> date | None:
        """The first local day not observed: the day after the last observation that is not in the future."""
        days = [day for table in tables if not TABLES[table].said for day in self._ends(table, today)]
        return max(days) + timedelta(days=1) if days else None

    def _of(self, table: str) -> tuple[date | None, date | None]:
        if table not in self._asked:
            if table in _KEPT:
                self._asked[table] = self._of_totals(_KEPT[table])
            else:
                found = [self._bounds(table, column) for column in TABLES[table].times]
                days = [day for pair in found for day in pair if day]
                self._asked[table] = (min(days), max(days)) if days else (None, None)
        return self._asked[table]

    def _of_totals(self, kind: str) -> tuple[date | None, date | None]:
        sql = f"select min(first_{kind}_day) as low, max(last_{kind}_day) as high from customer_totals"
        row = self._engine.query(sql).to_pylist()[0]
        low, high = (None if row[end] is None else EPOCH + timedelta(days=row[end]) for end in ("low", "high"))
        return low, high

    def _bounds(self, table: str, column: str, *, where: str = "") -> tuple[date | None, date | None]:
        sql = f"select min({column}) as low, max({column}) as high from {table}{where}"
        row = self._engine.query(sql).to_pylist()[0]
        return self._day(row["low"]), self._day(row["high"])

    def _day(self, moment: datetime | date | None) -> date | None:
        return self._calendar.day_of(moment) if isinstance(moment, datetime) else moment

    def _ends(self, table: str, today: date) -> list[date]:
        if table in _KEPT:
            # returns have days of their own, so it is the days that count and not the totals
            sql = f"select max(day) as day from customer_days where day <= {(today - EPOCH).days}"
            number = self._engine.query(sql).to_pylist()[0]["day"]
            return [] if number is None else [EPOCH + timedelta(days=number)]
        contract = TABLES[table]
        columns = dict.fromkeys((*contract.times, *(end for _start, end in contract.spans)))
        found = [self._latest(table, column, today) for column in columns]
        return [day for day in found if day]

    def _latest(self, table: str, column: str, today: date) -> date | None:
        latest = self._bounds(table, column)[1]
        if latest is None or latest <= today:
            return latest
        tomorrow = self._calendar.start_of(today + timedelta(days=1))
        kind = TABLES[table].column(column).type.value
        before = f"timestamptz '{tomorrow.isoformat()}'" if kind != "day" else f"date '{today + timedelta(days=1)}'"
        return self._bounds(table, column, where=f" where {column} < {before}")[1]

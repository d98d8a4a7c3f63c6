"""What happened to and with one customer, as dated sentences, oldest first.

Each table of facts is told by one function; a table of facts without one fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from okaeri.base.text import Text
from okaeri.customers.tellers import TELLERS, Told

if TYPE_CHECKING:
    from okaeri.engines.engine import Engine
    from okaeri.metrics.measuring import Facts

Row = dict[str, Any]
_ALL = "select f.* from {table} f join whose w on f.customer_id = w.customer_id"
# a day of use is one sentence: somebody who signs in forty times would drown out the rest
_BY_DAY = {
    "events": """
select min(first_at) as occurred_at,
       string_agg(case when times > 1 then name || ' ×' || times else name end, ', ' order by first_at) as names
from (
    select f.occurred_day, f.name, min(f.occurred_at) as first_at, count(*) as times
    from local_events f
    join whose w on f.customer_id = w.customer_id
    group by f.occurred_day, f.name
) as days
group by occurred_day
"""
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that happened: `at` is local, a date where no time of day is known; `table` is where it is kept."""

    at: datetime | date
    table: str
    says: Text

    @property
    def day(self) -> date:
        """The local day."""
        return self.at.date() if isinstance(self.at, datetime) else self.at

    def as_row(self) -> dict[str, str]:
        """The entry, JSON-ready, in the current language."""
        return {"at": self.at.isoformat(), "table": self.table, "says": str(self.says)}


def story(engine: Engine, facts: Facts, customer_id: str) -> tuple[Entry, ...]:
    """Everything the facts say about one customer, oldest first, each table's rows as one or more dated sentences."""
    engine.put("whose", {"customer_id": ("varchar", [customer_id])})
    zone = ZoneInfo(facts.calendar.zone)
    entries = [
        Entry(at=_local(at, zone), table=table, says=says)
        for table, tell in TELLERS.items()
        if table in facts.has
        for at, says in _told(engine, table, tell, facts.currency)
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.day, _moment(entry.at), entry.table)))


def _told(engine: Engine, table: str, tell: Callable[[Row], Iterator[Told]], currency: str) -> Iterator[Told]:
    for row in engine.query(_BY_DAY.get(table) or _ALL.format(table=table)).to_pylist():
        row["currency"] = row.get("currency") or currency or None
        yield from tell(row)


def _local(at: datetime | date, zone: ZoneInfo) -> datetime | date:
    return at.astimezone(zone).replace(microsecond=0) if isinstance(at, datetime) else at


def _moment(at: datetime | date) -> str:
    return at.isoformat() if isinstance(at, datetime) else ""

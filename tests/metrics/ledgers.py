"""Random points ledgers, and what a clerk who settles them lot by lot would find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa

from tests.metrics.oracle import local_day

START = datetime(2023, 1, 1, tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
CUSTOMERS = ("aki", "min-jun", "chiyo", "d")


@dataclass(frozen=True)
class Entry:
    """One entry of a ledger; what takes points away is below zero."""

    customer: str
    kind: str
    points: float
    at: datetime
    ends: datetime | None = None


@dataclass
class Use:
    """Points taken away together and what of them is not allotted yet."""

    entry: Entry
    open: float


@dataclass
class Settled:
    """Every happening as (customer, day, kind, points), and what became of each lot, as its day, the day and how."""

    happenings: list[tuple[str, date, str, float]] = field(default_factory=list)
    fates: list[tuple[date, date, str, float]] = field(default_factory=list)


def random_ledger(random: Random, *, lasts: int | None = 120, books: bool = False, most: int = 40) -> list[Entry]:
    """Entries in any order; points last equally long, some customers go below zero, some gifts never end."""
    entries = []
    for _ in range(random.randint(1, most)):
        at = START + timedelta(minutes=30 * random.randrange(420 * 48))
        kind = random.choice(["earn", "earn", "earn", "spend", "adjust", "gift", *["expire"] * books])
        points = float(random.choice([10, 25, 40, 100]))
        ends = at + timedelta(days=lasts) if lasts and kind != "adjust" else None
        sign = -1 if kind in ("spend", "expire") or (kind == "adjust" and random.random() < 0.4) else 1
        entries.append(Entry(random.choice(CUSTOMERS), kind, sign * points, at, ends if sign > 0 else None))
    entries.append(Entry(CUSTOMERS[0], "earn", 50.0, START, START + timedelta(days=lasts) if lasts else None))
    return entries


def ledgers(random: Random, count: int, **how: object) -> dict[str, list[Entry]]:
    """Many ledgers with customers of their own, so that one measuring checks them all as segments."""
    found = {str(number): random_ledger(random, **how) for number in range(count)}  # type: ignore[arg-type]  # passed on
    return {
        number: [Entry(f"{number}/{e.customer}", e.kind, e.points, e.at, e.ends) for e in entries]
        for number, entries in found.items()
    }


def points(entries: Iterable[Entry]) -> pa.Table:
    rows = list(entries)
    instant = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "customer_id": [e.customer for e in rows],
            "kind": [e.kind for e in rows],
            "points": [e.points for e in rows],
            "booked_at": pa.array([e.at for e in rows], instant),
            "expires_at": pa.array([e.ends for e in rows], instant),
        }
    )


def people(names: Iterable[str]) -> pa.Table:
    who = sorted(set(names))
    return pa.table({"customer_id": who, "world": [name.split("/")[0] for name in who]})


def settle(entries: Iterable[Entry], *, zone: str, cutoff: date) -> Settled:
    """Allot each customer's uses, oldest first, to the points that end soonest; what is left at an end lapses."""
    settled, own = Settled(), defaultdict(list)
    known = [e for e in entries if local_day(e.at, zone) < cutoff]
    books = any(e.kind == "expire" for e in known)
    for entry in known:
        own[entry.customer].append(entry)
        settled.happenings.append((entry.customer, local_day(entry.at, zone), entry.kind, entry.points))
    for mine in own.values():
        uses = [Use(e, -e.points) for e in sorted(mine, key=lambda e: e.at) if e.points < 0]
        for lot in sorted((e for e in mine if e.points > 0), key=lambda e: (e.ends or FOREVER, e.at)):
            left = _allot(lot, uses, settled, until=FOREVER if books else lot.ends or FOREVER, zone=zone)
            if left and lot.ends and not books and local_day(lot.ends, zone) < cutoff:
                day = local_day(lot.ends, zone)
                settled.happenings.append((lot.customer, day, "expire", -left))
                settled.fates.append((local_day(lot.at, zone), day, "expire", left))
    return settled


def _allot(lot: Entry, uses: list[Use], settled: Settled, *, until: datetime, zone: str) -> float:
    """Take the lot's points for the uses up to an instant; what is left of it."""
    left, born = lot.points, local_day(lot.at, zone)
    settled.fates.append((born, born, "credit", lot.points))
    for use in uses:
        taken = min(left, use.open) if use.entry.at <= until else 0.0
        if taken:
            settled.fates.append((born, max(born, local_day(use.entry.at, zone)), use.entry.kind, taken))
        left, use.open = left - taken, use.open - taken
    return left

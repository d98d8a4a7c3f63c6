"""The truth about subscription money, too slow to ship: one customer and one instant at a time, in exact decimals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pyarrow as pa

from tests.metrics.oracle import local_day

START = datetime(2023, 1, 1, tzinfo=UTC)
FOREVER = date(9000, 1, 1)


@dataclass(frozen=True)
class Deal:
    """A contract as a person would write it down; `mrr` None when nobody knows what it brings in."""

    customer: str
    start: datetime
    end: datetime | None
    mrr: str | None = "10"
    currency: str = "EUR"
    renews: datetime | None = None


@dataclass(frozen=True)
class Run:
    """A deal in local days: it brings money at every day t with `start < t <= end`."""

    customer: str
    currency: str
    mrr: Decimal | None
    start: date
    end: date

    def at(self, day: date) -> bool:
        return self.start < day <= self.end


def table(deals: Iterable[Deal]) -> pa.Table:
    rows = list(deals)
    instants = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "subscription_id": [str(n) for n in range(len(rows))],
            "customer_id": [d.customer for d in rows],
            "mrr": pa.array([None if d.mrr is None else float(d.mrr) for d in rows], pa.float64()),
            "currency": [d.currency for d in rows],
            "started_at": pa.array([d.start for d in rows], instants),
            "ended_at": pa.array([d.end for d in rows], instants),
            "renews_at": pa.array([d.renews for d in rows], instants),
        }
    )


def runs_of(deals: Iterable[Deal], *, zone: str, grace_days: int) -> list[Run]:
    """The deals that last at all; the last of them before a gap within the grace goes on until the gap is over."""
    runs = []
    for d in deals:
        start, end = local_day(d.start, zone), local_day(d.end, zone) if d.end else FOREVER
        if end > start:
            runs.append(Run(d.customer, d.currency, None if d.mrr is None else Decimal(d.mrr), start, end))
    return [_bridged(run, runs, grace_days) for run in runs]


def _bridged(run: Run, runs: list[Run], grace_days: int) -> Run:
    others = [r for r in runs if r.customer == run.customer]
    if any(r.start <= run.end < r.end for r in others):
        return run
    later = [r.start for r in others if r.start > run.end]
    back = min(later, default=FOREVER)
    within = later and run.end != FOREVER and (back - run.end).days <= grace_days
    return Run(run.customer, run.currency, run.mrr, run.start, back) if within else run


def level(runs: list[Run], customer: str, currency: str, day: date) -> Decimal:
    known = [
        r.mrr for r in runs if (r.customer, r.currency) == (customer, currency) and r.mrr is not None and r.at(day)
    ]
    return sum(known, Decimal(0))


def movements(runs: list[Run], currency: str, *, start: date, end: date) -> dict[str, Decimal | int]:
    """The movements of one period in one currency, customer by customer."""
    names = ("opening", "new_mrr", "expansion", "reactivation", "contraction", "churned", "closing")
    found: dict[str, Decimal | int] = dict.fromkeys(names, Decimal(0))
    found |= {"paying_start": 0, "paying_end": 0}
    found["without_mrr"] = sum(r.currency == currency and r.mrr is None and r.at(end) for r in runs)
    for customer in {r.customer for r in runs}:
        a, b = (level(runs, customer, currency, day) for day in (start, end))
        paid = [r.start for r in runs if (r.customer, r.currency) == (customer, currency) and r.mrr]
        found["opening"] += a
        found["closing"] += b
        found["paying_start"] += a != 0
        found["paying_end"] += b != 0
        if a == 0 and b != 0:
            found["new_mrr" if min(paid) >= start else "reactivation"] += b
        elif b == 0:
            found["churned"] += a
        else:
            found["expansion" if b > a else "contraction"] += abs(b - a)
    return found


def random_deals(random: Random, *, prefix: str = "") -> list[Deal]:
    """Contracts that overlap, follow each other on the day, pause, last no time, cost nothing or an unknown sum."""
    deals = []
    for _ in range(random.randint(1, 14)):
        who, currency = prefix + random.choice(["aki", "min-jun", "chiyo", "d"]), random.choice(["EUR", "EUR", "KRW"])
        start = START + timedelta(minutes=30 * random.randrange(300 * 48))
        for _chain in range(random.randint(1, 4)):
            length = random.choice([None, 0, random.randrange(20 * 48), random.randrange(150 * 48)])
            end = None if length is None else start + timedelta(minutes=30 * length)
            mrr = random.choice([None, "0", "9.99", "10", "10", "24.5", "0.1"])
            deals.append(Deal(who, start, end, mrr, currency))
            if end is None:
                break
            start = end + timedelta(days=random.choice([0, 0, 2, 9, 60]))
    return deals

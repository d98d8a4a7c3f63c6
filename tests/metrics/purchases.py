"""Random purchase logs for the metrics of buying, and what a person with a calendar would read from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa

import okaeri as ok
from okaeri.base.calendar import Calendar
from tests.metrics.oracle import local_day

ZONES = ["UTC", "America/Santiago", "Etc/GMT+12", "Pacific/Kiritimati"]
CUSTOMERS = ("aki", "min-jun", "chiyo", "d", "e", "f", "g")
START = datetime(2023, 1, 1, tzinfo=UTC)
CURRENCIES = ("JPY", "JPY", "JPY", "KRW")


@dataclass(frozen=True)
class Order:
    """One line of a log; a return has a negative amount and is no purchase."""

    customer: str
    at: datetime
    amount: float = 1.0
    currency: str = "JPY"

    @property
    def purchase(self) -> bool:
        return self.amount >= 0


@dataclass(frozen=True)
class Day:
    """An order with the local day it belongs to."""

    order: Order
    day: date


def random_log(random: Random, *, most: int = 40, returns: bool = True) -> list[Order]:
    """Orders in any order, some on one day, some twice at one instant, some near Santiago's change of clocks."""
    log = []
    for _ in range(random.randint(1, most)):
        at = START + timedelta(minutes=30 * random.randrange(400 * 48))
        if random.random() < 0.2:
            at = datetime(2023, 9, 3, 4, tzinfo=UTC) + timedelta(minutes=30 * random.randrange(-24, 24))
        amount = random.choice([0.0, 12.5, 40.0, 99.25, 7.0]) if not returns or random.random() < 0.9 else -5.0
        log.append(Order(random.choice(CUSTOMERS), at, amount, random.choice(CURRENCIES)))
    log += random.sample(log, random.randint(0, min(4, len(log))))
    log.append(Order(random.choice(CUSTOMERS), START))  # a world without any purchase has no facts to ask about
    random.shuffle(log)
    return log


def worlds(random: Random, count: int) -> dict[str, list[Order]]:
    """Many logs with customers of their own, so that one measuring checks them all as segments."""
    logs = {str(number): random_log(random) for number in range(count)}
    return {
        number: [Order(f"{number}/{o.customer}", o.at, o.amount, o.currency) for o in log]
        for number, log in logs.items()
    }


def measure(metric: str, logs: dict[str, list[Order]], *, zone: str = "UTC", **question: object) -> ok.Result:
    """Measure all logs at once, each a segment."""
    who = sorted({o.customer for log in logs.values() for o in log})
    people = pa.table({"customer_id": who, "world": [name.split("/")[0] for name in who]})
    flat = [o for log in logs.values() for o in log]
    calendar = Calendar(zone=zone)
    return ok.measure(metric, orders=table(flat), customers=people, segment="world", calendar=calendar, **question)  # type: ignore[arg-type]  # the question differs from test to test


def table(log: Iterable[Order]) -> pa.Table:
    rows = list(log)
    return pa.table(
        {
            "customer_id": [o.customer for o in rows],
            "ordered_at": pa.array([o.at for o in rows], pa.timestamp("us", tz="UTC")),
            "amount": [o.amount for o in rows],
            "currency": [o.currency for o in rows],
        }
    )


def seen(log: Iterable[Order], *, zone: str, cutoff: date, currency: str | None = None) -> Iterator[Day]:
    """The orders before the cutoff with their local days; of one currency, if one is named."""
    for o in log:
        day = local_day(o.at, zone)
        if day < cutoff and currency in (None, o.currency):
            yield Day(o, day)


def purchase_days(log: Iterable[Order], *, zone: str, cutoff: date) -> dict[str, list[date]]:
    """Per customer the sorted local days of purchases, one entry an order."""
    days: dict[str, list[date]] = {}
    for found in seen(log, zone=zone, cutoff=cutoff):
        if found.order.purchase:
            days.setdefault(found.order.customer, []).append(found.day)
    return {customer: sorted(bought) for customer, bought in days.items()}

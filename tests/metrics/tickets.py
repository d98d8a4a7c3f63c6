"""Random ticket logs, and what a person with a calendar and a stop-watch would read from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import exp, log, sqrt
from random import Random
from zoneinfo import ZoneInfo

import pyarrow as pa

import okaeri as ok
from okaeri.base.calendar import Calendar
from tests.metrics.oracle import local_day

ZONES = ["UTC", "America/Santiago", "Etc/GMT+12", "Pacific/Kiritimati"]
CUSTOMERS = ("aki", "min-jun", "chiyo", "d", "e")
START = datetime(2023, 7, 1, tzinfo=UTC)
WIDE_Z = 1.959963984540054


@dataclass(frozen=True)
class Ticket:
    """One line of a log; what is None had not happened when the file was written."""

    customer: str
    opened: datetime
    replied: datetime | None = None
    resolved: datetime | None = None
    topic: str = "late"
    agent: str = "Kim"
    reopened: int = 0
    id: str = ""


def random_log(random: Random) -> list[Ticket]:
    """Tickets in any order: some at one instant, some around Santiago's change of clocks, some never answered."""
    log_ = []
    for number in range(random.randint(1, 30)):
        opened = START + timedelta(minutes=30 * random.randrange(150 * 48))
        if random.random() < 0.2:
            opened = datetime(2023, 9, 3, 4, tzinfo=UTC) + timedelta(minutes=30 * random.randrange(-24, 24))
        replied = opened + timedelta(minutes=random.choice([0, 1, 7, 30, 90, 24 * 60, 3 * 24 * 60]))
        resolved = replied + timedelta(minutes=random.choice([0, 45, 600, 5 * 24 * 60]))
        log_.append(
            Ticket(
                random.choice(CUSTOMERS),
                opened,
                replied if random.random() < 0.8 else None,
                resolved if random.random() < 0.6 else None,
                random.choice(["late", "late", "stale", ""]),
                random.choice(["Kim", "Sato", ""]),
                random.choice([0, 0, 1, 2]),
                f"t{number:02}",
            )
        )
    random.shuffle(log_)
    return log_


def worlds(random: Random, count: int) -> dict[str, list[Ticket]]:
    """Many logs with customers and ids of their own, so that one measuring checks them all as segments."""
    return {
        str(n): [replace(t, customer=f"{n}/{t.customer}", id=f"{n}/{t.id}") for t in random_log(random)]
        for n in range(count)
    }


def measure(metric: str, logs: dict[str, list[Ticket]], *, zone: str = "UTC", **question: object) -> ok.Result:
    """Measure all logs at once, each a segment."""
    flat = [ticket for log_ in logs.values() for ticket in log_]
    who = sorted({ticket.customer for ticket in flat})
    people = pa.table({"customer_id": who, "world": [name.split("/")[0] for name in who]})
    calendar = Calendar(zone=zone)
    return ok.measure(metric, tickets=table(flat), customers=people, segment="world", calendar=calendar, **question)  # type: ignore[arg-type]  # the question differs from test to test


def table(log_: Iterable[Ticket]) -> pa.Table:
    rows = list(log_)
    instant = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "ticket_id": [t.id or str(n) for n, t in enumerate(rows)],
            "customer_id": [t.customer for t in rows],
            "topic": [t.topic for t in rows],
            "agent": [t.agent for t in rows],
            "opened_at": pa.array([t.opened for t in rows], instant),
            "first_reply_at": pa.array([t.replied for t in rows], instant),
            "resolved_at": pa.array([t.resolved for t in rows], instant),
            "reopened": [t.reopened for t in rows],
        }
    )


def as_known(log_: Iterable[Ticket], *, zone: str, cutoff: date) -> Iterator[Ticket]:
    """The tickets opened before the cutoff, without what came later."""
    for t in log_:
        if local_day(t.opened, zone) < cutoff:
            known = [at if at and local_day(at, zone) < cutoff else None for at in (t.replied, t.resolved)]
            yield replace(t, replied=known[0], resolved=known[1])


def end_of_data(cutoff: date, zone: str) -> datetime:
    return datetime.combine(cutoff, time.min, ZoneInfo(zone)).astimezone(UTC)


def quantile_by_hand(waits: list[tuple[float, bool]], share: float) -> tuple[float | None, float | None, float | None]:
    """Value and band-inverted bounds of a percentile, step by step; None where a curve does not come so far."""
    left = 1 - share + 1e-9
    value, low, high = None, None, None
    going, greenwood = 1.0, 0.0
    n = len(waits)
    if n / (n + WIDE_Z**2) <= left:
        low = 0.0
    upper = 1.0
    for t in sorted({wait for wait, ended in waits if ended}):
        at_risk = sum(wait >= t for wait, _ended in waits)
        died = sum(wait == t and ended for wait, ended in waits)
        going *= 1 - died / at_risk
        if died == at_risk:
            going, lower = 0.0, 0.0
        else:
            greenwood += died / (at_risk * (at_risk - died))
            reach = WIDE_Z * sqrt(greenwood) / log(going)
            lower, upper = going ** exp(-reach), going ** exp(reach)
        value = t if value is None and going <= left else value
        low = t if low is None and lower <= left else low
        high = t if high is None and upper <= left else high
    return value, low, high

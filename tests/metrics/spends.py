"""Random orders and spend of several channels and currencies, as one person would keep them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.measurement import Measurement
from okaeri.facts.rules import Rules
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from tests.metrics.purchases import Order, random_log

NOW = datetime(2026, 1, 1, tzinfo=UTC)
JANUARY = datetime(2024, 1, 10, 12, tzinfo=UTC)
CHANNELS = ("search", "store", "friend", "")
RULE = "orders:30d"


@dataclass(frozen=True)
class Line:
    """One line of spend."""

    channel: str
    day: date
    amount: float
    currency: str = "JPY"


def spend(lines: list[Line]) -> pa.Table:
    return pa.table(
        {
            "channel": [line.channel for line in lines],
            "spent_on": [line.day for line in lines],
            "amount": [line.amount for line in lines],
            "currency": [line.currency for line in lines],
        }
    )


def people(channels: dict[str, str]) -> pa.Table:
    return pa.table({"customer_id": list(channels), "channel": list(channels.values())})


def random_spend(random: Random, count: int) -> list[Line]:
    first = date(2022, 12, 1)
    return [
        Line(
            random.choice(CHANNELS[:3]),
            first + timedelta(days=random.randrange(480)),
            random.choice([0.0, 10.0, 99.5, 300.0]),
            random.choice(["JPY", "JPY", "KRW"]),
        )
        for _ in range(count)
    ]


def world(random: Random) -> tuple[list[Order], list[Line], dict[str, str]]:
    log = [replace(o, customer=f"{n}/{o.customer}") for n in range(6) for o in random_log(random)]
    channels = {o.customer: random.choice(CHANNELS) for o in log}
    return log, random_spend(random, 60), channels


def rows_of(result: ok.Result) -> dict[tuple[str | None, Period | None], list[Measurement]]:
    found = defaultdict(list)
    for m in result.measurements:
        found[m.segment, m.period].append(m)
    return found


def measurer(zone: str, **tables: pa.Table) -> Measurer:
    """The tables with a margin of 40% where none is known."""
    plain = facts_of(tables, calendar=Calendar(zone=zone), now=NOW)
    return Measurer(plain.engine, replace(plain.facts, rules=Rules(gross_margin=0.4)))

"""The kinds that weigh chance: against slow counting by hand, and how often they alarm without a reason."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import nbinom, t

from okaeri.base.rates import rate_changes
from okaeri.metrics.timetable import day_number
from okaeri.signals.history import History
from okaeri.signals.kinds import falling_usage, many_tickets, silence, unusual_spend
from tests.signals.seen import measurer_over
from tests.signals.worlds import company

BEGIN = datetime(2023, 1, 1)


def days_of(history: History, table: str, column: str, *, known: str | None = None) -> dict[int, list[Any]]:
    """Customer → local days of their rows in order, each with the day it was known when that is asked."""
    told = f", greatest(t.{column}, t.{known}) as known_day" if known else ""
    sql = f"select c.customer, t.{column} as day{told} from local_{table} t join customer_codes c using (customer_id)"
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in history.measurer.engine.query(sql).to_pylist():
        found[row["customer"]].append((row["day"], row["known_day"]) if known else row["day"])
    return {customer: sorted(days) for customer, days in found.items()}


def raw(history: History, kind: Any) -> set[tuple[int, int]]:
    """What a kind tells before the cooldown, up to the cutoff."""
    history.of(kind)
    rows = history.measurer.engine.query(kind.query)
    rows = kind.judge(rows) if kind.judge else rows
    pairs = zip(rows["customer"].to_pylist(), rows["day"].to_pylist(), strict=True)
    return {(customer, day) for customer, day in pairs if day <= day_number(history.cutoff)}


def test_many_tickets_are_as_many_as_chance_would_hardly_bring() -> None:
    history = History(measurer_over(company(np.random.default_rng(8))), presence="subscriptions")
    found = raw(history, many_tickets.KIND)
    tickets = days_of(history, "tickets", "opened_day")
    stays = history.measurer.engine.query("select * from stays").to_pylist()

    expected = set()
    for customer, days in tickets.items():
        for day in {*days}:
            since = day - 29
            recent = sum(since <= each <= day for each in days)
            before = sum(each < since for each in days)
            everybody = sum(each < since for all_days in tickets.values() for each in all_days)
            lived = sum(max(min(s["end_day"], since - 1) - s["start_day"], 0) for s in stays)
            own = sum(max(min(s["end_day"], since - 1) - s["start_day"], 0) for s in stays if s["customer"] == customer)
            if everybody < 10 or recent < 2:
                continue
            rest = lived / everybody + own
            if nbinom.sf(recent - 1, 1 + before, rest / (rest + 30)) <= 0.01:
                expected.add((customer, day + 1))

    assert expected
    assert found == expected


def test_silence_begins_past_the_95_percent_point_of_the_drawn_gaps() -> None:
    history = History(measurer_over(company(np.random.default_rng(9), customers=40)), presence="orders:60d")
    found = raw(history, silence.KIND)
    visits = {customer: sorted({*days}) for customer, days in days_of(history, "orders", "ordered_day").items()}
    gaps = [(b, math.cbrt(b - a)) for days in visits.values() for a, b in itertools.pairwise(days)]

    expected = set()
    for customer, days in visits.items():
        for place, day in enumerate(days):
            own = [math.cbrt(b - a) for a, b in itertools.pairwise(days) if b <= day]
            peers = [gap for end, gap in gaps if end <= day]
            if len(own) < 2:
                continue
            n, mean = len(own), np.mean(own)
            drawn = (n * mean + 3 * np.mean(peers)) / (n + 3)
            off = n * 3 / (n + 3) * (mean - np.mean(peers)) ** 2
            variance = (3 * np.var(peers) + n * np.var(own) + off) / (n + 3)
            limit = math.floor((drawn + t.ppf(0.95, n + 3) * math.sqrt(variance * (1 + 1 / (n + 3)))) ** 3 + 1e-9)
            if (place + 1 == len(days) or days[place + 1] > day + limit) and day + limit < day_number(history.cutoff):
                expected.add((customer, day + limit + 1))

    assert expected
    assert found == expected


@pytest.mark.parametrize("shape", [1.0, 3.0])
def test_about_one_gap_in_twenty_of_a_customer_who_keeps_the_rhythm_is_called_silence(shape: float) -> None:
    """Waiting times of chance (shape 1) and steadier ones (3), at rates that differ from customer to customer."""
    rng = np.random.default_rng(14)
    usual = rng.gamma(4, 5, 150)
    days = [np.ceil(np.cumsum(rng.gamma(shape, each / shape, 60))) for each in usual]
    visits = [(f"c{n}", BEGIN + timedelta(days=float(day))) for n, at in enumerate(days) for day in at if day < 700]
    history = History(
        measurer_over(
            {"orders": {"customer_id": [who for who, _at in visits], "ordered_at": [at for _who, at in visits]}}
        ),
        presence="orders:365d",
    )
    visited = {customer: len({*at}) for customer, at in days_of(history, "orders", "ordered_day").items()}

    share = len(raw(history, silence.KIND)) / sum(max(count - 2, 0) for count in visited.values())

    assert 0.025 < share < 0.075


def test_use_falls_on_the_mondays_on_which_the_test_of_two_rates_says_so() -> None:
    history = History(measurer_over(company(np.random.default_rng(10), customers=30)), presence="subscriptions")
    found = raw(history, falling_usage.KIND)
    events = days_of(history, "events", "occurred_day", known="received_day")

    expected = set()
    mondays = [day for day in range(day_number(BEGIN.date()), day_number(history.cutoff) + 1) if day % 7 == 4]
    for customer, rows in events.items():
        for monday in mondays:
            told = [day for day, known in rows if known < monday]
            recent = sum(monday - 28 <= day < monday for day in told)
            earlier = sum(monday - 84 <= day < monday - 28 for day in told)
            began = min((known for _day, known in rows), default=monday)
            if began < monday - 84 and rate_changes(recent, earlier, exposures=(28, 56)) < 0:
                expected.add((customer, monday))

    assert expected
    assert found == expected


@pytest.mark.parametrize("per_block", [1.0, 2.0, 4.0])
def test_spending_by_chance_is_called_unusual_about_once_in_a_hundred_blocks(per_block: float) -> None:
    rng = np.random.default_rng(12)
    customers, blocks = 400, 16
    orders = rng.poisson(per_block, (customers, blocks))
    money = np.array([[rng.lognormal(4, 0.5, n).sum() for n in row] for row in orders])
    rows = pa.table(
        {
            "customer": np.repeat(np.arange(customers), blocks),
            "currency": ["JPY"] * (customers * blocks),
            "block": np.tile(np.arange(blocks), customers),
            "blocks": np.tile(np.arange(blocks), customers),
            "revenue": money.ravel(),
        }
    )

    alarms = unusual_spend.judge(rows).num_rows

    assert alarms / (customers * (blocks - 6)) < 0.02


def test_steady_use_is_called_falling_in_less_than_one_look_in_forty() -> None:
    rng = np.random.default_rng(13)
    who, when = np.nonzero(rng.random((150, 300)) < 0.4)
    history = History(
        measurer_over(
            {
                "subscriptions": {"customer_id": [f"c{n}" for n in range(150)], "started_at": [BEGIN] * 150},
                "events": {
                    "customer_id": [f"c{n}" for n in who],
                    "name": ["login"] * len(who),
                    "occurred_at": [BEGIN + timedelta(days=int(day)) for day in when],
                },
            }
        )
    )

    looks = 150 * ((300 - 84) // 7)

    assert history.cutoff > date(2023, 10, 1)
    assert len(raw(history, falling_usage.KIND)) / looks < 1 / 40

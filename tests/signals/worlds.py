"""Small random companies with every kind of fact, and the same companies as they were known on an earlier day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

Tables = dict[str, dict[str, list[Any]]]

BEGIN = datetime(2023, 1, 2)
DAYS = 430
TOPICS = ["late delivery", "taste", "プラン変更", ""]
NAMES = ["login"] * 6 + ["invoice.payment_failed", "customer.source.expiring", "카드 만료"]
# what is written into a row later than its first instant, and is not known until then
LATER = {"subscriptions": ("ended_at",), "tickets": ("first_reply_at", "resolved_at")}
FIRST = {
    "orders": "ordered_at",
    "subscriptions": "started_at",
    "events": "occurred_at",
    "tickets": "opened_at",
    "answers": "answered_at",
    "mentions": "posted_at",
    "steps": "done_at",
    "customers": "joined_at",
}


def company(rng: np.random.Generator, *, customers: int = 60) -> Tables:
    """Contracts, orders, late events, tickets answered late, scores, reviews and first steps."""
    who = [f"c{n:02}" for n in range(customers)]
    began = rng.integers(0, 120, customers)
    ends = began + rng.integers(40, 900, customers)
    return {
        "customers": {"customer_id": who, "joined_at": [_at(rng, day) for day in began]},
        "subscriptions": {
            "customer_id": who,
            "started_at": [_at(rng, day) for day in began],
            "ended_at": [_at(rng, day) if day < DAYS else None for day in ends],
        },
        "orders": _orders(rng, who, began),
        "events": _events(rng, who, began),
        "tickets": _tickets(rng, who, began),
        **_voices(rng, who, began),
        "steps": _first_steps(rng, who, began),
    }


def _orders(rng: np.random.Generator, who: list[str], began: Any) -> dict[str, list[Any]]:
    rows = _rows(rng, len(who), rate=0.06, began=began)
    return {
        "customer_id": [who[n] for n, _day in rows],
        "ordered_at": [_at(rng, day) for _n, day in rows],
        "amount": _amounts(rng, len(rows)),
    }


def _events(rng: np.random.Generator, who: list[str], began: Any) -> dict[str, list[Any]]:
    rows = _rows(rng, len(who), rate=0.25, began=began, fading=True)
    occurred = [_at(rng, day) for _n, day in rows]
    lags = _lags(rng, len(rows))
    return {
        "event_id": [str(n) for n in range(len(rows))],
        "customer_id": [who[n] for n, _day in rows],
        "name": [NAMES[place] for place in rng.integers(0, len(NAMES), len(rows))],
        "occurred_at": occurred,
        "received_at": [at + timedelta(days=float(late)) for at, late in zip(occurred, lags, strict=True)],
    }


def _tickets(rng: np.random.Generator, who: list[str], began: Any) -> dict[str, list[Any]]:
    rows = _rows(rng, len(who), rate=0.012, began=began) + _trouble(rng, len(who))
    opened = [_at(rng, day) for _n, day in rows]
    replied = [at + timedelta(hours=float(rng.exponential(20))) for at in opened]
    return {
        "ticket_id": [str(n) for n in range(len(rows))],
        "customer_id": [who[n] for n, _day in rows],
        "topic": [TOPICS[place] for place in rng.integers(0, len(TOPICS), len(rows))],
        "opened_at": opened,
        "first_reply_at": [at if rng.random() < 0.9 else None for at in replied],
        "resolved_at": [
            at + timedelta(days=float(rng.exponential(4))) if rng.random() < 0.85 else None for at in replied
        ],
    }


def _voices(rng: np.random.Generator, who: list[str], began: Any) -> Tables:
    rows = _rows(rng, len(who), rate=0.01, began=began)
    loud = rows[::7]
    return {
        "answers": {
            "customer_id": [who[n] for n, _day in rows],
            "instrument": [("nps", "csat", "ces")[place] for place in rng.integers(0, 3, len(rows))],
            "score": [float(score) for score in rng.integers(1, 6, len(rows))],
            "answered_at": [_at(rng, day) for _n, day in rows],
        },
        "mentions": {
            "customer_id": [who[n] for n, _day in loud],
            "rating": [float(stars) for stars in rng.integers(1, 6, len(loud))],
            "posted_at": [_at(rng, day) for _n, day in loud],
        },
    }


def _first_steps(rng: np.random.Generator, who: list[str], began: Any) -> dict[str, list[Any]]:
    rows = [(name, step, began[n] + at) for n, name in enumerate(who) for step, at in _steps(rng)]
    return {
        "customer_id": [name for name, _step, _day in rows],
        "flow": ["onboarding"] * len(rows),
        "step": [step for _name, step, _day in rows],
        "done_at": [_at(rng, day) for _name, _step, day in rows],
    }


def as_known(tables: Tables, day: date) -> Tables:
    """What was known when a day began: no row of that day or later, no late event, nothing written in afterwards."""
    start = datetime.combine(day, time())
    known: Tables = {}
    for name, columns in tables.items():
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        rows = [_row_as_known(name, row, start) for row in rows if row[FIRST[name]] < start]
        rows = [row for row in rows if row.get("received_at") is None or row["received_at"] < start]
        known[name] = {column: [row[column] for row in rows] for column in columns}
    return known


def _row_as_known(table: str, row: Mapping[str, Any], start: datetime) -> dict[str, Any]:
    hidden = {column: None for column in LATER.get(table, ()) if row[column] is not None and row[column] >= start}
    return {**row, **hidden}


def _rows(
    rng: np.random.Generator, customers: int, *, rate: float, began: Any, fading: bool = False
) -> list[tuple[int, int]]:
    """Customer and day of things that happen at rates of their own, until some fade."""
    found = []
    for n in range(customers):
        own = rate * rng.gamma(1.5, 1 / 1.5)
        fades = began[n] + rng.integers(100, 400)
        for day in range(int(began[n]), DAYS):
            if rng.random() < own * (0.15 if fading and day > fades else 1):
                found.append((n, day))
    return found


def _trouble(rng: np.random.Generator, customers: int) -> list[tuple[int, int]]:
    """Some write five times within a week."""
    begun = zip(rng.integers(0, customers, 12).tolist(), rng.integers(150, 380, 12).tolist(), strict=True)
    return [(n, day + later) for n, day in begun for later in (0, 1, 3, 4, 6)]


def _steps(rng: np.random.Generator) -> list[tuple[str, int]]:
    done = int(rng.integers(0, 4))
    return list(zip(("profile", "invite", "report")[:done], np.cumsum(rng.integers(0, 20, done)).tolist(), strict=True))


def _lags(rng: np.random.Generator, count: int) -> Any:
    return np.where(rng.random(count) < 0.1, rng.uniform(0.5, 20, count), 0.0)


def _amounts(rng: np.random.Generator, count: int) -> list[float]:
    """Much the same every time, and now and then a hundred times as much."""
    often = rng.lognormal(4, 0.3, count)
    return [float(each) for each in (often * np.where(rng.random(count) < 0.02, 100, 1)).round(2)]


def _at(rng: np.random.Generator, day: int) -> datetime:
    return BEGIN + timedelta(days=int(day), seconds=int(rng.integers(0, 86_400)))

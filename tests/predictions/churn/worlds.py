"""Random companies as lists of rows for every table, and the same company as it was known before a day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from okaeri.base.calendar import Calendar
from okaeri.facts.contracts import TABLES
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.features import examples_of

Row = dict[str, Any]
World = dict[str, list[Row]]

PEOPLE = ("aki", "min-jun", "chiyo", "d", "e", "f")
START, END = date(2023, 1, 1), date(2024, 7, 1)
NOW = datetime(2030, 1, 1, tzinfo=UTC)

# what a row gains after it was first written, and what becomes known with it
_LATER: dict[str, dict[str, tuple[str, ...]]] = {
    "subscriptions": {"ended_at": ("end_reason",)},
    "tickets": {"first_reply_at": (), "resolved_at": ()},
    "answers": {"answered_at": ("score", "text")},
    "memberships": {"left_at": ()},
    "rewards": {"redeemed_at": ()},
    "touches": {"sent_at": ("outcome",)},
}
# what has no date of its own, the instant it follows, and after how many days it is settled
_SETTLED = {"tickets": ("reopened", "resolved_at", 28, 0), "touches": ("outcome", "sent_at", 14, "")}
# what shows today's state and nothing else
_TODAY = {"subscriptions": ("renews_at",), "memberships": ("tier",)}
_WRITTEN = {
    "orders": "ordered_at", "subscriptions": "started_at", "events": "received_at", "tickets": "opened_at",
    "answers": "asked_at", "mentions": "posted_at", "memberships": "joined_at", "points": "booked_at",
    "rewards": "issued_at", "touches": "planned_at", "assignments": "assigned_at", "steps": "done_at",
}  # fmt: skip


def as_known(world: Mapping[str, list[Row]], before: date, *, zone: str) -> World:
    """The world with everything taken out that was known only on the day `before` or later."""
    return {name: [_known(name, row, before, zone) for row in rows if _there(name, row, before, zone)]
            for name, rows in world.items()}  # fmt: skip


def _there(table: str, row: Row, before: date, zone: str) -> bool:
    if table == "customers":
        return True
    if table == "spend":
        return bool(row["spent_on"] < before)
    column = _WRITTEN[table]
    written = [row.get(name) for name in (column, "occurred_at", "answered_at" if not row.get(column) else "")]
    return all(local(at, zone) < before for at in written if at)


def _known(table: str, row: Row, before: date, zone: str) -> Row:
    known = dict(row)
    for column, others in _LATER.get(table, {}).items():
        if known[column] is not None and local(known[column], zone) >= before:
            known |= dict.fromkeys((column, *others))
    if table in _SETTLED:
        column, follows, days, blank = _SETTLED[table]
        settled = known[follows] is not None and local(known[follows], zone) < before - timedelta(days=days)
        known[column] = known[column] if settled else blank
    return known | dict.fromkeys(_TODAY.get(table, ()))


def local(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def facts(world: Mapping[str, list[Row]], *, zone: str) -> Measurer:
    """The world in an engine of its own, every column given."""
    tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow_schema()) for name, rows in world.items()}
    return facts_of(tables, calendar=Calendar(zone=zone), now=NOW)


def by_customer(measurer: Measurer, examples: Examples) -> dict[tuple[str, int], dict[str, Any]]:
    """What is known of each customer on each day, by their own id."""
    codes = measurer.engine.query("select customer, customer_id from customer_codes").to_pylist()
    names = {row["customer"]: row["customer_id"] for row in codes}
    columns = {**examples.numbers, **examples.labels}
    return {
        (names[code], day): {name: values[place] for name, values in columns.items()}
        for place, (code, day) in enumerate(zip(examples.customer.tolist(), examples.day.tolist(), strict=True))
    }


def read(world: Mapping[str, list[Row]], day: date, *, zone: str = "UTC", rule: str = "orders:90d",
         cutoff: date | None = None) -> dict[str, dict[str, Any]]:  # fmt: skip
    """The features of one day by customer id."""
    measurer = facts(world, zone=zone)
    end = cutoff or day
    presence = measurer.presence(rule, cutoff=end)
    examples = examples_of(measurer, [day], horizon_days=3650, presence=presence, cutoff=end)
    return {who: row for (who, _day), row in by_customer(measurer, examples).items()}


def random_day(random: Random, *, after: date = START) -> date:
    """Every fifth day of the story: windows of 30, 90 and 365 days between two of them begin where facts lie."""
    return END - timedelta(days=5 * random.randrange(1, (END - after).days // 5 + 1))


def moment(random: Random, zone: str) -> datetime:
    """Any minute of every fifth day, one time in three exactly its midnight."""
    day = random_day(random)
    at = time() if random.random() < 1 / 3 else time(random.randrange(24), random.randrange(60))
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def later(random: Random, at: datetime, days: int) -> datetime:
    some = random.randrange(days * 1440)
    return at + timedelta(minutes=random.choice([0, 1, 60, some, some // 7200 * 7200]))


def maybe(random: Random, value: Any, share: float = 0.6) -> Any:
    return value if random.random() < share else None


def random_world(random: Random, zone: str, *, busy: int = 30) -> World:
    """A company of six with rows in every table, many of them at midnight, late, or never finished."""
    return {
        "customers": [_person(random, who) for who in PEOPLE],
        **_trade(random, zone, busy),
        **_talk(random, zone, busy),
        **_programme(random, zone, busy),
        "steps": [
            {"customer_id": who, "flow": "onboarding", "step": step, "done_at": moment(random, zone)}
            for who in PEOPLE
            for step in ("welcome", "quiz", "brew")
            if random.random() < 0.6
        ],
    }


def _person(random: Random, who: str) -> Row:
    told = {"colour": random.choice(["pine", "plum"]), "age": str(random.choice([20, 30])), "name": who}
    return {"customer_id": who, "joined_at": None, "attributes": json.dumps(told)}


def _numbered(rows: Iterable[Row], key: str) -> list[Row]:
    return [{key: f"{key[0]}{place:04}", **row} for place, row in enumerate(rows)]


def _trade(random: Random, zone: str, busy: int) -> World:
    orders, contracts, events = [], [], []
    for _each in range(busy * 3):
        back = random.random() < 0.15
        orders.append(
            {
                "customer_id": random.choice(PEOPLE), "ordered_at": moment(random, zone), "margin": None,
                "amount": float(random.randrange(1, 90)) * (-1 if back else 1),
                "currency": random.choice(["EUR", "EUR", "USD"]), "kind": "return" if back else "purchase",
            }
        )  # fmt: skip
    for _each in range(busy):
        start = moment(random, zone)
        end = maybe(random, later(random, start, 200))
        contracts.append(
            {
                "customer_id": random.choice(PEOPLE), "plan": random.choice(["month", "year", ""]),
                "mrr": maybe(random, float(random.randrange(5, 9)), 0.9), "currency": random.choice(["EUR", ""]),
                "started_at": start, "ended_at": end, "renews_at": maybe(random, later(random, start, 400)),
                "end_reason": end and random.choice(["dear", "moved", None]),
            }
        )  # fmt: skip
    for _each in range(busy * 6):
        at = moment(random, zone)
        events.append(
            {
                "customer_id": random.choice(PEOPLE), "occurred_at": at, "properties": "{}",
                "name": random.choice(["visit", "visit", "login", "payment_failed", "cancel_page"]),
                "received_at": maybe(random, later(random, at, 20)),
            }
        )  # fmt: skip
    return {
        "orders": _numbered(orders, "order_id"),
        "subscriptions": _numbered(contracts, "subscription_id"),
        "events": _numbered(events, "event_id"),
    }


def _talk(random: Random, zone: str, busy: int) -> World:
    tickets, answers, mentions, touches = [], [], [], []
    for _each in range(busy * 2):
        opened = moment(random, zone)
        replied = later(random, opened, 10)
        tickets.append(
            {
                "customer_id": random.choice(PEOPLE), "topic": random.choice(["Late ", "late", "stale", ""]),
                "opened_at": opened, "first_reply_at": maybe(random, replied), "reopened": random.choice([0, 0, 1, 2]),
                "resolved_at": maybe(random, later(random, replied, 30)), "channel": "", "agent": "Kim",
            }
        )  # fmt: skip
        asked = moment(random, zone)
        kind, scale = random.choice([("nps", 10.0), ("csat", 5.0), ("NPS", None), ("ces", 7.0), ("cli", 6.0)])
        given = random.random() < 0.7
        answers.append(
            {
                "customer_id": random.choice(PEOPLE), "instrument": kind, "scale": scale, "asked_at": asked,
                "score": float(random.randrange(1, 6)) if given else None, "text": None, "about": "", "survey": "",
                "question": "", "answered_at": later(random, asked, 20) if given else None,
            }
        )  # fmt: skip
        mentions.append(
            {
                "customer_id": maybe(random, random.choice(PEOPLE)), "source": "", "posted_at": moment(random, zone),
                "text": "", "rating": maybe(random, float(random.randrange(1, 6))), "url": "",
            }
        )  # fmt: skip
        planned, held = moment(random, zone), random.random() < 0.3
        touches.append(
            {
                "customer_id": random.choice(PEOPLE), "channel": random.choice(["mail", "post"]), "campaign": "",
                "planned_at": planned, "held_out": held,
                "sent_at": None if held else maybe(random, later(random, planned, 3)),
                "outcome": random.choice(["opened", "clicked", "delivered", "bounced", ""]),
            }
        )  # fmt: skip
    return {
        "tickets": _numbered(tickets, "ticket_id"),
        "answers": _numbered(answers, "answer_id"),
        "mentions": _numbered(mentions, "mention_id"),
        "touches": _numbered(touches, "touch_id"),
    }


def _programme(random: Random, zone: str, busy: int) -> World:
    members, points, rewards = [], [], []
    for who in PEOPLE:
        joined = moment(random, zone)
        members.append(
            {
                "customer_id": who, "programme": "", "tier": random.choice(["leaf", "tree"]), "joined_at": joined,
                "left_at": maybe(random, later(random, joined, 300)),
            }
        )  # fmt: skip
    for _each in range(busy * 2):
        at = moment(random, zone)
        credit = random.random() < 0.7
        points.append(
            {
                "customer_id": random.choice(PEOPLE), "kind": "earn" if credit else "spend", "booked_at": at,
                "points": float(random.randrange(10, 40)) if credit else -float(random.randrange(1, 20)),
                "expires_at": maybe(random, later(random, at, 200)) if credit else None,
                "order_id": None, "reward_id": None,
            }
        )  # fmt: skip
        issued = moment(random, zone)
        rewards.append(
            {
                "customer_id": random.choice(PEOPLE), "name": "bag", "points": None, "cost": None, "currency": "",
                "issued_at": issued, "redeemed_at": maybe(random, later(random, issued, 90)),
                "expires_at": maybe(random, later(random, issued, 200)),
            }
        )  # fmt: skip
    return {
        "memberships": _numbered(members, "membership_id"),
        "points": _numbered(points, "entry_id"),
        "rewards": _numbered(rewards, "reward_id"),
    }

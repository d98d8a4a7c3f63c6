"""Tickets: what goes wrong, how long a first reply takes, and the rating people leave afterwards."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import Flags, Floats, Ints, chance, identifiers, instants, pick, words
from okaeri.demo.month import Month, Rows, only
from okaeri.demo.people import People
from okaeri.demo.seasons import Seasons, seconds_of_day
from okaeri.demo.words import AGENTS, TOPICS

SLOW_HOURS = 24
_ASKS_WHEN_LATE = 0.6
_OTHER_PER_DAY = 0.0012
_CHANNELS = ("mail", "chat", "phone", "line")


def ask_for_help(month: Month, orders: Rows, left_day: Ints, rng: np.random.Generator) -> Rows:
    """This month's tickets: about late and stale orders, and about everyday things; all before the customer leaves."""
    late = only(orders, (orders["late"] == 1) & (rng.random(len(orders["day"])) < _ASKS_WHEN_LATE))
    stale_odds = month.seasons.stale[orders["day"] - month.seasons.start]
    stale = only(orders, rng.random(len(orders["day"])) < stale_odds)
    rows, days = month.times(rng, _OTHER_PER_DAY * (month.high - month.low))
    everyday = 2 + pick(rng, (0.3, 0.45, 0.25), len(rows))
    tickets = {
        "customer": np.concatenate([late["customer"], stale["customer"], month.who[rows]]),
        "day": np.concatenate([late["day"] + 3, stale["day"] + 2, days]),
        "topic": np.concatenate([np.zeros(len(late["day"]), np.int64), np.ones(len(stale["day"]), np.int64), everyday]),
    }
    tickets = only(tickets, (tickets["day"] < left_day[tickets["customer"]]) & (tickets["day"] < month.seasons.end))
    median = month.seasons.reply_hours[tickets["day"] - month.seasons.start]
    return {**tickets, "reply_seconds": _waiting(rng, median)}


def is_slow(tickets: Rows) -> Flags:
    """Whether the first reply took longer than a day.

    >>> is_slow({"reply_seconds": np.array([3_600, 90_000])}).tolist()
    [False, True]
    """
    return tickets["reply_seconds"] > SLOW_HOURS * 3_600


def tickets_table(people: People, rows: Rows, seasons: Seasons, *, first_id: int, seed: int) -> tuple[pa.Table, Rows]:
    """All tickets, open ones without a reply or an end, and what the survey after them needs to know."""
    rng = chance(seed, people.first, "tickets")
    count = len(rows["day"])
    first_day = rows["day"] == people.joined[rows["customer"]]
    second = np.maximum(seconds_of_day(rng, count), first_day * (people.joined_second[rows["customer"]] + 900))
    replied = second + rows["reply_seconds"]
    resolved = replied + (rng.gamma(1.3, 9, count) * 3_600).astype(np.int64)
    left_of_story = (seasons.end - rows["day"]) * 86_400
    reopened = (rng.random(count) < np.where(is_slow(rows), 0.16, 0.06)) & (resolved < left_of_story)
    table = pa.table(
        {
            "ticket_id": identifiers("K", np.arange(count) + first_id, groups=3),
            "customer_id": people.ids(rows["customer"]),
            "channel": words(_CHANNELS, pick(rng, (0.4, 0.25, 0.1, 0.25), count)),
            "topic": words(TOPICS, rows["topic"]),
            "agent": words(AGENTS, rng.integers(0, len(AGENTS), count)),
            "opened_at": instants(rows["day"], second),
            "first_reply_at": instants(rows["day"], replied, missing=replied >= left_of_story),
            "resolved_at": instants(rows["day"], resolved, missing=resolved >= left_of_story),
            "reopened": pa.array(reopened.astype(np.int64)),
        }
    )
    return table, {**rows, "resolved": rows["day"] * 86_400 + resolved}


def _waiting(rng: np.random.Generator, median_hours: Floats) -> Ints:
    return (median_hours * np.exp(rng.normal(0, 0.9, len(median_hours))) * 3_600).astype(np.int64) + 60

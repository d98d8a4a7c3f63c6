"""The loyalty programme: memberships, points earned once an order is safe from return, and rewards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import Flags, Floats, Ints, chance, identifiers, instants, same, words
from okaeri.demo.month import Rows, in_order, only
from okaeri.demo.people import People
from okaeri.demo.seasons import Seasons

YEN_PER_POINT = 50
REWARD_POINTS = 500
REWARD_COST = 800.0
_EARNED_AFTER_DAYS = 15
_LASTS_DAYS = 365
_MEMBER_SHARE = 0.5
_BOOKED_SECOND = 4 * 3_600


@dataclass(frozen=True, kw_only=True, slots=True)
class Programme:
    """The three tables of the programme."""

    memberships: pa.Table
    points: pa.Table
    rewards: pa.Table


def run_programme(
    people: People, bought: Rows, left_day: Ints, seasons: Seasons, *, first_id: int, seed: int
) -> Programme:
    """Members earn on what they keep; every 500 points become a reward, and most rewards are used.

    `bought` holds purchases: `customer`, `day`, `amount` and `number`, the order's own number.
    """
    rng = chance(seed, people.first, "loyalty")
    joined = people.joined + rng.geometric(1 / 20, len(people))
    member = (rng.random(len(people)) < _MEMBER_SHARE) & (joined < left_day) & (joined < seasons.end)
    earned = _earned(bought, joined, member, left_day, seasons)
    rewards = _rewards(earned, left_day, seasons, rng)
    total: Floats = np.bincount(earned["customer"], earned["points"].astype(float), minlength=len(people)).astype(float)
    return Programme(
        memberships=_memberships(people, np.flatnonzero(member), joined, left_day, total),
        points=_points(people, earned, rewards, first_id),
        rewards=_reward_table(people, rewards, first_id),
    )


def _earned(bought: Rows, joined: Ints, member: Flags, left_day: Ints, seasons: Seasons) -> Rows:
    day = bought["day"] + _EARNED_AFTER_DAYS
    who = bought["customer"]
    keep = member[who] & (bought["day"] >= joined[who]) & (day < seasons.end) & (day < left_day[who])
    rows = only({**bought, "day": day, "points": bought["amount"] // YEN_PER_POINT}, keep)
    return in_order(rows, "customer", "day", "number")


def _rewards(earned: Rows, left_day: Ints, seasons: Seasons, rng: np.random.Generator) -> Rows:
    """A reward each time a member's running points pass a multiple of its price."""
    running = np.cumsum(earned["points"])
    first = np.searchsorted(earned["customer"], earned["customer"], side="left")
    own = running - (running[first] - earned["points"][first])
    fresh = own // REWARD_POINTS - (own - earned["points"]) // REWARD_POINTS
    rows = np.repeat(np.arange(len(own)), fresh)
    issued = earned["day"][rows]
    used = issued + rng.integers(1, 90, len(rows))
    customer = earned["customer"][rows]
    is_used = (rng.random(len(rows)) < 0.68) & (used < left_day[customer]) & (used < seasons.end)
    return {"customer": customer, "day": issued, "used": used, "is_used": is_used.astype(np.int64)}


def _memberships(people: People, rows: Ints, joined: Ints, left_day: Ints, total: Floats) -> pa.Table:
    tier = np.searchsorted([500, 2_000], total[rows], side="right")
    gone = left_day[rows]
    return pa.table(
        {
            "membership_id": identifiers("L", rows + people.first),
            "customer_id": people.ids(rows),
            "programme": same("komorebi_points", len(rows)),
            "tier": words(("leaf", "branch", "tree"), tier),
            "joined_at": instants(joined[rows], np.full(len(rows), 12 * 3_600)),
            "left_at": instants(gone, np.full(len(rows), 12 * 3_600), missing=gone > 2**30),
        }
    )


def _points(people: People, earned: Rows, rewards: Rows, first_id: int) -> pa.Table:
    count, spent = len(earned["day"]), len(rewards["day"])
    kind = np.repeat([0, 1], [count, spent])
    day = np.concatenate([earned["day"], rewards["day"]])
    lost = np.full(spent, -REWARD_POINTS)
    nowhere = pa.nulls(count, pa.string()), pa.nulls(spent, pa.string())
    return pa.table(
        {
            "entry_id": identifiers("P", np.arange(count + spent) + first_id, groups=3),
            "customer_id": people.ids(np.concatenate([earned["customer"], rewards["customer"]])),
            "kind": words(("earn", "spend"), kind),
            "points": pa.array(np.concatenate([earned["points"], lost]).astype(float)),
            "booked_at": instants(day, _BOOKED_SECOND + 60 * kind),
            "expires_at": instants(day + _LASTS_DAYS, np.full(len(day), _BOOKED_SECOND), missing=kind == 1),
            "order_id": pa.concat_arrays([identifiers("O", earned["number"], groups=3), nowhere[1]]),
            "reward_id": pa.concat_arrays([nowhere[0], identifiers("R", np.arange(spent) + first_id, groups=3)]),
        }
    )


def _reward_table(people: People, rewards: Rows, first_id: int) -> pa.Table:
    count = len(rewards["day"])
    unused = rewards["is_used"] == 0
    return pa.table(
        {
            "reward_id": identifiers("R", np.arange(count) + first_id, groups=3),
            "customer_id": people.ids(rewards["customer"]),
            "name": same("free_bag", count),
            "points": pa.array(np.full(count, float(REWARD_POINTS))),
            "cost": pa.array(np.full(count, REWARD_COST)),
            "currency": same("JPY", count),
            "issued_at": instants(rewards["day"], np.full(count, _BOOKED_SECOND + 60)),
            "redeemed_at": instants(rewards["used"], np.full(count, 12 * 3_600), missing=unused),
            "expires_at": instants(rewards["day"] + _LASTS_DAYS, np.full(count, _BOOKED_SECOND)),
        }
    )

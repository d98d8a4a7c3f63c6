"""What customers buy: subscription boxes every 30 days, one-off orders with the seasons, and what they send back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import Flags, Floats, Ints, chance, day_numbers, identifiers, instants, same, words
from okaeri.demo.month import Month, Rows, in_order, only
from okaeri.demo.people import ANNUAL, MONTHLY, NO_PLAN, People
from okaeri.demo.seasons import PRICE_RISE, Seasons, seconds_of_day

BOX_EVERY_DAYS = 30
BOX_PRICE = {MONTHLY: 2_400, ANNUAL: 2_150}
MONTHLY_PRICE_AFTER = 2_880
RETURN_SHARE = 0.03
LATE_ROW_SHARE = 0.006
_BAG_PRICES = np.array([1_280, 1_480, 1_680, 1_980, 2_480])
_BAG_SHARES = (0.22, 0.3, 0.26, 0.15, 0.07)
MARGIN_SHARE = 0.46


def buy(month: Month, appetite: Floats, paused: tuple[Ints, Ints], rng: np.random.Generator) -> Rows:
    """This month's orders: `customer`, `day`, `box` (1 when it is a subscription's) and whether it came `late`."""
    people, who = month.people, month.who
    rows, days = month.times(rng, people.rate[who] * month.pull * appetite)
    first = np.flatnonzero((people.joined[who] == month.low) & (people.plan[who] == NO_PLAN))
    box_rows, box_days = _boxes(month)
    rows = np.concatenate([first, box_rows, rows])
    days = np.concatenate([month.low[first], box_days, days])
    box = np.zeros(len(rows), np.int64)
    box[len(first) : len(first) + len(box_rows)] = 1
    customer = who[rows]
    away = (paused[0][customer] <= days) & (days < paused[1][customer])
    rows_of = only({"customer": customer, "day": days, "box": box}, ~away)
    odds = month.seasons.late[rows_of["day"] - month.seasons.start]
    return {**rows_of, "late": (rng.random(len(odds)) < odds).astype(np.int64)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sales:
    """A block's orders: the table, the same as raw `rows`, and which ones reach the shop weeks `late`.

    `rows` has `customer`, `day`, `second`, `amount`, `number` (in the order id) and `returned` (1: came back later).
    """

    table: pa.Table
    rows: Rows
    late: Flags


def sell(people: People, rows: Rows, left_day: Ints, seasons: Seasons, *, first_id: int, seed: int) -> Sales:
    """All orders and returns in the order in which they happened."""
    rng = chance(seed, people.first, "sales")
    bought = _priced(people, in_order(rows, "day", "customer"), rng)
    back = _send_back(bought, left_day, seasons, rng)
    every = in_order({name: np.concatenate([bought[name], back[name]]) for name in bought}, "day", "second", "customer")
    count = len(every["day"])
    every["number"] = np.arange(count) + first_id
    amount = every["amount"].astype(float)
    table = pa.table(
        {
            "order_id": identifiers("O", every["number"], groups=3),
            "customer_id": people.ids(every["customer"]),
            "ordered_at": instants(every["day"], every["second"]),
            "amount": pa.array(amount),
            "currency": same("JPY", count),
            "margin": pa.array(np.round(amount * MARGIN_SHARE)),
            "kind": words(("purchase", "return"), (every["amount"] < 0).astype(np.int64)),
        }
    )
    late = (rng.random(count) < LATE_ROW_SHARE) & (every["day"] < seasons.end - 14)
    return Sales(table=table, rows=every, late=late)


def _boxes(month: Month) -> tuple[Ints, Ints]:
    joined = month.people.joined[month.who]
    subscribed = month.people.plan[month.who] != NO_PLAN
    due = joined + BOX_EVERY_DAYS * -(-(month.low - joined) // BOX_EVERY_DAYS)
    found = [(np.flatnonzero(subscribed & (day < month.high)), day) for day in (due, due + BOX_EVERY_DAYS)]
    return np.concatenate([rows for rows, _ in found]), np.concatenate([day[rows] for rows, day in found])


def _priced(people: People, rows: Rows, rng: np.random.Generator) -> Rows:
    """Give every order its second of the day (after joining, on the first day) and its amount in yen."""
    customer, day = rows["customer"], rows["day"]
    second = seconds_of_day(rng, len(day))
    first_day = day == people.joined[customer]
    second = np.where(first_day, people.joined_second[customer] + 300 + second // 48, second)
    dear = (day >= day_numbers(PRICE_RISE, PRICE_RISE)[0]) & (people.plan[customer] == MONTHLY)
    box_price = np.where(people.plan[customer] == ANNUAL, BOX_PRICE[ANNUAL], BOX_PRICE[MONTHLY])
    box_price = np.where(dear, MONTHLY_PRICE_AFTER, box_price)
    bags = 1 + rng.poisson(0.7, len(day)) + (_month(day) == 12) * rng.poisson(0.8, len(day))
    shelf = _BAG_PRICES[rng.choice(len(_BAG_PRICES), len(day), p=_BAG_SHARES)] * bags
    return {"customer": customer, "day": day, "second": second, "amount": np.where(rows["box"] == 1, box_price, shelf)}


def _send_back(bought: Rows, left_day: Ints, seasons: Seasons, rng: np.random.Generator) -> Rows:
    """Returns, whole or in part, days later and while the customer is still there; marks what came back."""
    odds = RETURN_SHARE + 0.4 * seasons.stale[bought["day"] - seasons.start]
    day = bought["day"] + rng.integers(3, 15, len(odds))
    chosen = (rng.random(len(odds)) < odds) & (day < left_day[bought["customer"]]) & (day < seasons.end)
    bought["returned"] = chosen.astype(np.int64)
    back = only(bought, chosen)
    part = np.where(rng.random(len(back["day"])) < 0.7, 1.0, 0.5)
    amount = -np.floor(back["amount"] * part).astype(np.int64)
    return {**back, "day": day[chosen], "amount": amount, "returned": np.zeros(len(amount), np.int64)}


def _month(day: Ints) -> Ints:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1

"""Subscription intervals: from joining to leaving, cut by pauses and by the price rise."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.demo.columns import Flags, Ints, day_numbers, identifiers, instants, same, words
from okaeri.demo.month import Month, Rows, in_order, only
from okaeri.demo.orders import BOX_EVERY_DAYS, BOX_PRICE, MONTHLY_PRICE_AFTER
from okaeri.demo.people import ANNUAL, MONTHLY, NO_PLAN, People
from okaeri.demo.seasons import PRICE_RISE, Seasons
from okaeri.demo.truth import LEAVING_SECOND, NEVER

YEAR_DAYS = 365
_PAUSE_PER_MONTH = 0.012
_PAUSE_DAYS = (28, 90)
_OPEN, _LEFT, _PAUSED, _PRICE = range(4)
_END_REASONS = (None, "cancelled", "paused", "price_change")


def pause(month: Month, allowed: Flags, rng: np.random.Generator) -> Rows:
    """A few monthly subscribers stop for some weeks: `customer`, first day `away` and first day `back`."""
    monthly = month.people.plan[month.who] == MONTHLY
    chosen = allowed & monthly & (month.high - month.low > 2) & (rng.random(len(month.who)) < _PAUSE_PER_MONTH)
    rows = np.flatnonzero(chosen)
    away = month.low[rows] + 1 + rng.integers(0, month.high[rows] - month.low[rows] - 1)
    return {"customer": month.who[rows], "away": away, "back": away + rng.integers(*_PAUSE_DAYS, len(rows))}


def subscriptions_table(people: People, pauses: Rows, left_day: Ints, seasons: Seasons, *, first_id: int) -> pa.Table:
    """Every interval with its plan and monthly money; touching intervals are one stay at two prices."""
    spans = _at_one_price(people, _stays(people, pauses, left_day, seasons))
    spans = in_order(spans, "start", "customer")
    count = len(spans["start"])
    plan = people.plan[spans["customer"]]
    dear = (plan == MONTHLY) & (spans["start"] >= _rise())
    price = np.where(plan == ANNUAL, BOX_PRICE[ANNUAL], np.where(dear, MONTHLY_PRICE_AFTER, BOX_PRICE[MONTHLY]))
    running = spans["why"] == _OPEN
    return pa.table(
        {
            "subscription_id": identifiers("S", np.arange(count) + first_id, groups=3),
            "customer_id": people.ids(spans["customer"]),
            "plan": words(("none", "monthly", "annual"), plan),
            "mrr": pa.array(price.astype(float)),
            "currency": same("JPY", count),
            "started_at": instants(spans["start"], spans["start_second"]),
            "ended_at": instants(spans["end"], np.full(count, LEAVING_SECOND), missing=spans["end"] == NEVER),
            "renews_at": instants(_renewal(people, spans, plan, seasons.end), spans["start_second"], missing=~running),
            "end_reason": words(_END_REASONS, spans["why"]),
        }
    )


def _stays(people: People, pauses: Rows, left_day: Ints, seasons: Seasons) -> Rows:
    """Intervals between pauses. Starts and ends line up once each is sorted by customer and day."""
    subscribers = np.flatnonzero(people.plan != NO_PLAN)
    everyone = np.concatenate([subscribers, pauses["customer"]])
    began = np.concatenate([people.joined[subscribers], pauses["back"]])
    second = np.concatenate([people.joined_second[subscribers] + 240, np.full(len(pauses["back"]), LEAVING_SECOND)])
    final = left_day[subscribers]
    ended = np.concatenate([final, pauses["away"]])
    why = np.concatenate([np.where(final == NEVER, _OPEN, _LEFT), np.full(len(pauses["away"]), _PAUSED)])
    starts = in_order({"customer": everyone, "start": began, "start_second": second}, "customer", "start")
    ends = in_order({"customer": everyone, "end": ended, "why": why}, "customer", "end")
    return only({**starts, "end": ends["end"], "why": ends["why"]}, starts["start"] < seasons.end)


def _at_one_price(people: People, spans: Rows) -> Rows:
    """Cut monthly intervals on the day the price rises; both halves touch at the same instant."""
    rise = _rise()
    cut = (people.plan[spans["customer"]] == MONTHLY) & (spans["start"] < rise) & (spans["end"] > rise)
    before, after = only(spans, cut), only(spans, cut)
    before = {**before, "end": np.full(len(before["end"]), rise), "why": np.full(len(before["end"]), _PRICE)}
    dated = {"start": np.full(len(after["end"]), rise), "start_second": np.full(len(after["end"]), LEAVING_SECOND)}
    parts = [only(spans, ~cut), before, {**after, **dated}]
    return {name: np.concatenate([part[name] for part in parts]) for name in spans}


def _renewal(people: People, spans: Rows, plan: Ints, end: int) -> Ints:
    """The next day, counted from joining, on which a running contract is due."""
    every = np.where(plan == ANNUAL, YEAR_DAYS, BOX_EVERY_DAYS).astype(np.int64)
    joined = people.joined[spans["customer"]]
    due: Ints = joined + every * ((end - joined) // every + 1)
    return due


def _rise() -> int:
    return day_numbers(PRICE_RISE, PRICE_RISE)[0]

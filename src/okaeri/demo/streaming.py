"""Orders by the million: one lean stream in the order of time, for any number of customers, in little memory.

A quicker cousin of the story in `life`: nobody's reasons are known, only who buys when.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.demo.columns import DAY_SECONDS, Floats, Ints, chance, identifiers, instants, same, words
from okaeri.demo.orders import MARGIN_SHARE
from okaeri.demo.seasons import Seasons, seasons_until, seconds_of_day
from okaeri.facts.contracts import TABLES

STREAM_END = date(2026, 10, 18)
Codes = NDArray[np.int32]
_RETURN_SHARE = 0.015
_MEAN_STAY_DAYS = 420
_PRICES = np.array([1_280, 1_480, 1_680, 1_980, 2_400, 2_480, 2_960, 3_360, 3_960, 5_040], np.int64)


def order_batches(
    customers: int, orders: int, *, seed: int = 7, end: date = STREAM_END, batch_rows: int = 1_000_000
) -> Iterator[pa.RecordBatch]:
    """Exactly `orders` rows of the orders contract in batches of at most `batch_rows`, days ascending.

    Memory is a few bytes per customer and one batch. Customers keep a rhythm of their own, stop some day, and send
    1.5 % of orders back. The same arguments give the same bytes.

    >>> sum(batch.num_rows for batch in order_batches(100, 2_500, batch_rows=1_000))
    2500
    """
    crowd = _gather(seasons_until(end), customers, seed)
    schema = TABLES["orders"].arrow_schema()
    done = 0
    while done < orders:
        rows = min(batch_rows, orders - done)
        rng = chance(seed, done, "stream")
        yield _batch(crowd, rng, done / orders, (done + rows) / orders, rows, done, schema)
        done += rows


@dataclass(frozen=True, kw_only=True, slots=True)
class _Crowd:
    """Customers in the order of joining; `lots` repeats each by how often they buy, so a lot drawn is a buyer drawn."""

    seasons: Seasons
    joined: Ints
    lots: Codes
    lot_left: Codes
    lots_before: Ints
    sold: Floats


def _gather(seasons: Seasons, customers: int, seed: int) -> _Crowd:
    rng = chance(seed, customers, "crowd")
    joined = seasons.day_on(seasons.joins, (np.arange(customers) + 0.5) / customers * seasons.joins[-1])
    stay = rng.standard_exponential(customers, np.float32) * rng.gamma(2.0, 0.5, customers) * _MEAN_STAY_DAYS
    left = (joined + 1 + stay).astype(np.int32)
    left[0] = np.iinfo(np.int32).max  # somebody is always there to buy
    weight = 1 + np.minimum(rng.geometric(0.45, customers) - 1, 7)
    before = np.searchsorted(joined, np.arange(seasons.start, seasons.end))
    lots_before = np.append(0, np.cumsum(weight))[before]
    pull = np.diff(seasons.orders) * lots_before
    return _Crowd(
        seasons=seasons,
        joined=joined,
        lots=np.repeat(np.arange(customers, dtype=np.int32), weight),
        lot_left=np.repeat(left, weight),
        lots_before=lots_before,
        sold=np.append(0.0, np.cumsum(pull)),
    )


def _batch(
    crowd: _Crowd, rng: np.random.Generator, begin: float, finish: float, rows: int, done: int, schema: pa.Schema
) -> pa.RecordBatch:
    seasons, whole = crowd.seasons, crowd.sold[-1]
    low, high = (int(seasons.day_on(crowd.sold, np.asarray([at * whole]))[0]) for at in (begin, finish))
    new = np.arange(*np.searchsorted(crowd.joined, [low if begin else seasons.start, high]))[: rows // 3]
    back = int((rows - len(new)) * _RETURN_SHARE)
    place = begin + (np.arange(rows - len(new) - back) + 0.5) / max(rows - len(new) - back, 1) * (finish - begin)
    day = seasons.day_on(crowd.sold, place * whole)
    day = np.concatenate([crowd.joined[new], day])
    customer = np.concatenate([new.astype(np.int32), _draw(crowd, rng, day[len(new) :])])
    second = seconds_of_day(rng, len(day))
    amount = _PRICES[rng.integers(0, len(_PRICES), len(day))]
    sent = rng.integers(0, len(day), back)
    sent_day = np.minimum(day[sent] + rng.integers(3, 15, back), max(high, int(day.max(initial=0))))
    sent_second = np.minimum(second[sent] + 3_600, DAY_SECONDS - 1)
    return _record(
        customer=np.concatenate([customer, customer[sent]]),
        stamp=np.concatenate([day * DAY_SECONDS + second, sent_day * DAY_SECONDS + sent_second]),
        amount=np.concatenate([amount, -amount[sent]]),
        done=done,
        schema=schema,
    )


def _draw(crowd: _Crowd, rng: np.random.Generator, day: Ints) -> Codes:
    """A buyer for each day: lots of those who joined before it, drawn again while the buyer has already gone."""
    chosen = np.empty(len(day), np.int64)
    open_rows = np.arange(len(day))
    wanted = day
    while len(open_rows):
        lot = (rng.random(len(open_rows)) * crowd.lots_before[wanted - crowd.seasons.start]).astype(np.int64)
        chosen[open_rows] = lot
        again = crowd.lot_left[lot] <= wanted
        open_rows, wanted = open_rows[again], wanted[again]
    return crowd.lots[chosen]


def _record(*, customer: Codes, stamp: Ints, amount: Ints, done: int, schema: pa.Schema) -> pa.RecordBatch:
    order = np.argsort(stamp, kind="stable")
    stamp, paid = stamp[order], amount[order].astype(float)
    columns = {
        "order_id": identifiers("O", done + np.arange(len(stamp)), groups=3),
        "customer_id": identifiers("C", customer[order].astype(np.int64)),
        "ordered_at": instants(stamp // DAY_SECONDS, stamp % DAY_SECONDS),
        "amount": pa.array(paid),
        "currency": same("JPY", len(stamp)),
        "margin": pa.array(np.round(paid * MARGIN_SHARE)),
        "kind": words(("purchase", "return"), (paid < 0).astype(np.int8)),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)

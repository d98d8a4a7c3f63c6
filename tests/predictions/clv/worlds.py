"""Shops whose truth is known: purchase days drawn by rules that a model may or may not share.

A world is two arrays, customer and day, of purchases in days 0 to `days` - 1; nobody buys twice on one day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.base.calendar import Calendar
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class World:
    """Purchases of some customers, with what each purchase day was worth."""

    customer: Ints
    day: Ints
    spend: Floats


def noncontractual(
    customers: int,
    *,
    days: int,
    seed: int,
    born: tuple[int, int] = (0, 270),
    regular: int = 1,
    shape: float = 0.9,
    yearly: float = 6.0,
    lives_years: float = 1.2,
    dropout: str = "continuous",
    season: float = 0.0,
    trend_per_year: float = 0.0,
) -> World:
    """Customers with gamma rates who drop out in time ("continuous", gamma rates), after purchases ("beta") or never.

    `regular` is the Erlang shape of the gaps; `season` the half-swing over the year; `trend_per_year` the relative
    change of every rate in a year. Who is born before day 0 is known only by what they buy from day 0 on.
    """
    rng = np.random.default_rng(seed)
    birth = rng.uniform(*born, customers)
    rate = rng.gamma(shape, yearly / shape / 365, customers)
    ends = np.full(customers, np.inf)
    if dropout == "continuous":
        ends = birth + rng.exponential(1 / rng.gamma(0.8, 1 / (0.8 * lives_years * 365), customers))
    stops = rng.beta(0.9, 3.5, customers) if dropout == "beta" else np.zeros(customers)

    def clock(at: Floats) -> Floats:
        """Operational time: the integral of the season and the trend."""
        year = at / 365
        swing = season * (1 - np.cos(2 * np.pi * year)) / (2 * np.pi)
        return 365 * np.maximum(year + swing + trend_per_year * year * np.abs(year) / 2, 1e-9 * year)

    grid = np.linspace(min(born[0], 0) - 1, days + 1, 20_000)
    passed = np.maximum.accumulate(clock(grid))
    now, moment, alive = birth.copy(), np.interp(birth, grid, passed), np.ones(customers, np.bool_)
    bought: list[tuple[Ints, Floats]] = [(np.arange(customers), now)]
    while alive.any():
        moment = moment + rng.gamma(regular, 1 / regular, customers) / np.maximum(rate, 1e-12)
        now = np.interp(moment, passed, grid, right=np.inf)
        alive &= (now < days) & (now < ends)
        bought.append((np.flatnonzero(alive), now[alive]))
        alive &= rng.random(customers) >= stops
    return _seen(bought, customers=customers, days=days, rng=rng)


def _seen(bought: list[tuple[Ints, Floats]], *, customers: int, days: int, rng: np.random.Generator) -> World:
    who = np.concatenate([customer for customer, _at in bought])
    day = np.floor(np.concatenate([at for _customer, at in bought])).astype(np.int64)
    keep = (day >= 0) & (day < days)
    pairs = np.unique(np.stack([who[keep], day[keep]]), axis=1)
    usual = rng.gamma(4.0, 10.0, customers)
    spend = rng.gamma(6.0, usual[pairs[0]] / 6.0)
    return World(customer=pairs[0], day=pairs[1], spend=np.round(spend, 2))


def bgnbd(customers: int, *, days: int, seed: int) -> World:
    """Buyers as BG/NBD has them."""
    return noncontractual(customers, days=days, seed=seed, dropout="beta")


def pareto(customers: int, *, days: int, seed: int) -> World:
    """Buyers as Pareto/NBD has them."""
    return noncontractual(customers, days=days, seed=seed)


def regular_buyers(customers: int, *, days: int, seed: int) -> World:
    """Buyers with a rhythm: gaps of Erlang shape 3."""
    return noncontractual(customers, days=days, seed=seed, regular=3, yearly=9.0, dropout="beta")


def seasonal(customers: int, *, days: int, seed: int) -> World:
    """A growing shop with a strong season, open to newcomers all the time."""
    return noncontractual(customers, days=days, seed=seed, born=(0, days), season=0.4)


def declining(customers: int, *, days: int, seed: int) -> World:
    """Everybody buys less year by year."""
    return noncontractual(customers, days=days, seed=seed, born=(0, days), trend_per_year=-0.25)


def already_running(customers: int, *, days: int, seed: int) -> World:
    """A shop older than its log: many customers began up to three years before day 0."""
    return noncontractual(customers, days=days, seed=seed, born=(-1100, days))


WORLDS: dict[str, Callable[..., World]] = {
    "BG/NBD": bgnbd,
    "Pareto/NBD": pareto,
    "regular buyers": regular_buyers,
    "seasonal growth": seasonal,
    "decline": declining,
    "older than its log": already_running,
}


def measurer(world: World, *, start: date = date(2020, 1, 1), until: int | None = None) -> Measurer:
    """The world's purchases as orders from `start` on, those before day `until` only."""
    seen = np.ones(len(world.day), np.bool_) if until is None else world.day < until
    days = np.datetime64(start, "D") + world.day[seen].astype("timedelta64[D]")
    orders = pa.table(
        {
            "customer_id": [f"c{code:06d}" for code in world.customer[seen]],
            "ordered_at": days.astype("datetime64[us]"),
            "amount": world.spend[seen],
            "currency": ["EUR"] * int(seen.sum()),
        }
    )
    return facts_of({"orders": orders}, calendar=Calendar(zone="UTC"), now=datetime(2100, 1, 1, tzinfo=UTC))

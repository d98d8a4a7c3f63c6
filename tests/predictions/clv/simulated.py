"""Customers drawn from the models themselves, with what they went on to buy: truths that a fit must find again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Number = float | Floats


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What was seen of each customer until their age, and what nobody saw; every array has shape (customers,).

    `future` counts purchases within the horizon after the age, `alive` says who was still a customer at their age.
    """

    frequency: Floats
    last_purchase: Floats
    age: Floats
    log_gaps: Floats
    future: Floats
    alive: Flags

    @property
    def histories(self) -> dict[str, Any]:
        """What a model is fitted to and asked about."""
        return {"frequency": self.frequency, "last_purchase": self.last_purchase, "age": self.age}


def simulate_bgnbd(
    customers: int, *, r: float, alpha: Number, a: Number, b: Number, age: Number, horizon: float, seed: int
) -> Simulated:
    """Poisson buyers who may drop out after each repeat purchase."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(r, 1 / np.broadcast_to(alpha, customers))
    stops = rng.beta(a, b, customers)
    return _lives(rng, rate=rate, stops=stops, ends=np.full(customers, np.inf), age=age, horizon=horizon)


def simulate_mbgnbd(
    customers: int, *, r: float, alpha: Number, a: Number, b: Number, age: Number, horizon: float, seed: int, k: int = 1
) -> Simulated:
    """Buyers with gaps of Erlang shape k who may drop out after each purchase, the first one too."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(r, 1 / np.broadcast_to(alpha, customers))
    stops = rng.beta(a, b, customers)
    ends = np.where(rng.random(customers) < stops, 0.0, np.inf)
    return _lives(rng, rate=rate, stops=stops, ends=ends, age=age, horizon=horizon, regular=k)


def simulate_paretonbd(
    customers: int, *, r: float, alpha: Number, s: float, beta: Number, age: Number, horizon: float, seed: int
) -> Simulated:
    """Poisson buyers whose lives end at a time of their own."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(r, 1 / np.broadcast_to(alpha, customers))
    ends = rng.exponential(1 / rng.gamma(s, 1 / np.broadcast_to(beta, customers)))
    return _lives(rng, rate=rate, stops=np.zeros(customers), ends=ends, age=age, horizon=horizon)


def _lives(
    rng: np.random.Generator,
    *,
    rate: Floats,
    stops: Floats,
    ends: Floats,
    age: Number,
    horizon: float,
    regular: int = 1,
) -> Simulated:
    """Purchase after purchase, for all who still buy, until the horizon."""
    ages = np.broadcast_to(np.asarray(age, np.float64), rate.shape).copy()
    x, last, log_gaps, future, now = (np.zeros(len(rate)) for _ in range(5))
    going = np.arange(len(rate))
    while len(going):
        gap = rng.gamma(regular, 1 / np.maximum(rate[going], 1e-300))
        then = now[going] + gap
        buys = (then <= ends[going]) & (then <= ages[going] + horizon)
        going, gap, then = going[buys], gap[buys], then[buys]
        seen, later = going[then <= ages[going]], going[then > ages[going]]
        now[going] = then
        x[seen] += 1
        last[seen] = now[seen]
        log_gaps[seen] += np.log(gap[then <= ages[going]])
        future[later] += 1
        leaves = rng.random(len(going)) < stops[going]
        ends[going[leaves]] = then[leaves]
        going = going[~leaves]
    return Simulated(
        frequency=x, last_purchase=last, age=ages, log_gaps=log_gaps, future=future, alive=ends > ages
    )  # fmt: skip

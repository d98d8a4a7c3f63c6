"""Customers whose response to a treatment is known, because it was planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class World:
    features: dict[str, NDArray[Any]]
    treated: Flags
    outcome: Floats
    effect: Floats

    def rows(self, places: NDArray[Any]) -> World:
        return World(
            features={name: values[places] for name, values in self.features.items()},
            treated=self.treated[places],
            outcome=self.outcome[places],
            effect=self.effect[places],
        )


def world(
    customers: int,
    *,
    seed: int,
    moved: float = 0.0,
    everybody: float = 0.0,
    money: bool = False,
    confounded: bool = False,
) -> World:
    """Habits drive the outcome; the treatment adds `everybody` to its chance, and `moved` for customers with a dog."""
    rng = np.random.default_rng(seed)
    habit, age = rng.normal(size=customers), rng.uniform(20, 70, customers)
    dog = rng.random(customers) < 0.4
    city = np.where(rng.random(customers) < 0.5, "Nagoya", np.where(rng.random(customers) < 0.5, "Busan", "Oslo"))
    chance = np.clip(0.2 + 0.08 * habit, 0.02, 0.5)
    effect = everybody + moved * dog.astype(np.float64)
    treated = rng.random(customers) < (1 / (1 + np.exp(-habit)) if confounded else np.full(customers, 0.5))
    came = (rng.random(customers) < chance + effect * treated).astype(np.float64)
    spent = rng.lognormal(3.0, 0.5, customers) if money else np.ones(customers)
    features = {"habit": habit, "age": age, "dog": dog, "city": city}
    return World(features=features, treated=treated, outcome=came * spent, effect=effect)

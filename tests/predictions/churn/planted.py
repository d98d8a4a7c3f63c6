"""Worlds in which it is known who leaves and why, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from okaeri.base.text import Text
from okaeri.predictions.churn.examples import Examples, Feature, Flags, Floats, Ints, Labels


def feature(name: str, *, labelled: bool = False, theme: str | None = None) -> Feature:
    return Feature(id=name, name=Text(name), says=saying(name), theme=theme or name, labelled=labelled)


def saying(name: str) -> Callable[[Any], Text]:
    return lambda value: Text("{name} = {value}.").format(name=name, value=value)


def customers(
    numbers: Mapping[str, Floats],
    *,
    labels: Mapping[str, Labels] | None = None,
    left: Flags | None,
    customer: Ints | None = None,
    day: Ints | None = None,
) -> Examples:
    """Examples of these columns; one row per customer on one day unless said otherwise."""
    texts = labels or {}
    rows = len(next(iter({**numbers, **texts}.values()))) if numbers or texts else len(left if left is not None else [])
    return Examples(
        features=(*(feature(name) for name in numbers), *(feature(name, labelled=True) for name in texts)),
        customer=np.arange(rows) if customer is None else customer,
        day=np.full(rows, 19_000) if day is None else day,
        numbers=numbers,
        labels=texts,
        left=left,
    )


def shop(rows: int, *, seed: int = 1, level: float = -1.2) -> Examples:
    """Three causes (tickets, a bent tenure, the plan) and three columns of no meaning, two of them with many values."""
    rng = np.random.default_rng(seed)
    tickets, tenure = rng.poisson(1.2, rows).astype(float), rng.uniform(0, 60, rows)
    plan = rng.choice(["monthly", "yearly", "trial"], rows, p=[0.5, 0.4, 0.1]).astype(object)
    odds = level + 0.7 * tickets + 1.5 * np.exp(-tenure / 8) - 1.2 * (plan == "yearly")
    tenure[rng.random(rows) < 0.1] = np.nan
    noise = {"shoe_size": rng.normal(42, 3, rows), "lot": rng.permutation(rows) * 1.0}
    numbers = {"tickets": tickets, "tenure": tenure, **noise}
    labels = {"plan": plan, "street": np.asarray([f"street {k}" for k in rng.geometric(0.04, rows)], object)}
    return customers(numbers, labels=labels, left=rng.random(rows) < chance(odds))


def chance(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))


def shuffled(examples: Examples, *, seed: int = 5) -> tuple[Examples, Ints]:
    """The rows and columns in another order, customers under other codes; and where each row stood before."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(examples))
    moved = examples.only(order)
    codes, place = np.unique(moved.customer, return_inverse=True)
    other = replace(
        moved,
        features=tuple(reversed(moved.features)),
        customer=rng.permutation(len(codes))[place] + 7,
        numbers=dict(reversed(list(moved.numbers.items()))),
        labels=dict(reversed(list(moved.labels.items()))),
    )
    return other, order

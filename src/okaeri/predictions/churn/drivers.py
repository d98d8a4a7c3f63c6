"""What drives leaving among all customers: how far each feature moves the odds, and what would be lost without it.

A driver goes together with leaving; whether changing it would keep anybody is another question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from okaeri.base.differences import Difference
from okaeri.base.multiplicity import discoveries, p_value
from okaeri.predictions.churn.calibration import chances
from okaeri.predictions.churn.choosing import OutOfFold
from okaeri.predictions.churn.examples import Examples, Floats, Ints
from okaeri.predictions.churn.folds import SEED, Split, known_outcomes
from okaeri.predictions.churn.judging import Figure, log_losses, mean_figure
from okaeri.predictions.churn.models.kinds import Model

_SHUFFLES = 10
_SHUFFLES_OF_TREES = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Driver:
    """One feature: the mean size of what it adds to the log-odds, and the log-loss gained by knowing it.

    `importance` is how much worse unseen rows are told when the feature's values are dealt out among them at random.
    Only what `stands_out` is named as a reason: its range lies above 0, and would among as many features of no meaning.
    """

    feature: str
    mean_size: float
    importance: Figure
    stands_out: bool

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Driver:
        """What `as_data` gave."""
        return cls(**{**data, "importance": Figure.from_data(data["importance"])})

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def drivers_of(examples: Examples, *, split: Split, found: OutOfFold, seed: int = SEED) -> tuple[Driver, ...]:
    """Every feature, the most important first, judged on the rows no model had learned from."""
    names = tuple(feature.id for feature in examples.features)
    lost, size = np.zeros((len(names), len(examples))), np.zeros((len(names), len(examples)))
    for number, (fold, model) in enumerate(zip(split.folds, found.models, strict=True)):
        rows = examples.only(fold.test)
        _base, added = model.contributions(rows)
        for place, name in enumerate(names):
            if name in model.ids:
                column = added[:, model.ids.index(name)]
                rng = np.random.default_rng([seed, number, place])
                size[place, fold.test] = np.abs(column)
                lost[place, fold.test] = _lost(rows, model, name, column, found.log_odds[fold.test], rng)
    seen = split.judged
    cluster = np.unique(examples.customer[seen], return_inverse=True)[1]
    figures = [mean_figure(row[seen], cluster) for row in lost]
    each = zip(names, size[:, seen].mean(axis=1).tolist(), figures, _standing_out(figures), strict=True)
    drivers = (Driver(feature=name, mean_size=mean, importance=loss, stands_out=out) for name, mean, loss, out in each)
    return tuple(sorted(drivers, key=lambda driver: (-driver.importance.value, driver.feature)))


def _standing_out(found: Sequence[Figure]) -> tuple[bool, ...]:
    """Which importances are above 0 by more than chance, though so many features were looked at."""
    distances = [Difference(value=figure.value, interval=figure.interval) for figure in found]
    chance = [p_value(each) for each in distances]
    told = discoveries([1.0 if p is None else p for p in chance])
    return tuple(named and each.value > 0 for named, each in zip(told, distances, strict=True))


def _lost(
    rows: Examples, model: Model, name: str, column: Floats, log_odds: Floats, rng: np.random.Generator
) -> Floats:
    """What each row loses on average when the feature's values are dealt out anew."""
    left, lost = known_outcomes(rows), np.zeros(len(rows))
    before = log_losses(left, chances(log_odds))
    shuffles = _SHUFFLES if model.additive else _SHUFFLES_OF_TREES
    for _shuffle in range(shuffles):
        order = rng.permutation(len(rows))
        dealt = log_odds - column + column[order] if model.additive else model.log_odds(_dealt(rows, name, order))
        lost += log_losses(left, chances(dealt)) - before
    return lost / shuffles


def _dealt(rows: Examples, name: str, order: Ints) -> Examples:
    """The rows with one feature's values in another order."""
    other = rows.only(order)
    return Examples(
        features=rows.features,
        customer=rows.customer,
        day=rows.day,
        numbers={**rows.numbers, **({name: other.numbers[name]} if name in rows.numbers else {})},
        labels={**rows.labels, **({name: other.labels[name]} if name in rows.labels else {})},
        left=rows.left,
    )

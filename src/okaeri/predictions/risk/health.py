"""How well each customer is, from 0 to 100: the calibrated chance to still be a customer after the horizon.

Until there are enough outcomes to learn from, a plain weighted sum that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.churn.calibration import chances
from okaeri.predictions.churn.examples import Examples, Feature, Floats, Ints
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.churn.reasons import Contributions
from okaeri.predictions.risk.leaving import Leaving

METHODS = {
    "calibrated": _("The chance to still be a customer after {days} days, learned from what became of others."),
    "weighted": _(
        "A weighted sum of plain signs, since there are not enough outcomes yet to learn from; it is not a probability."
    ),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Health:
    """Scores of the customers of `as_of`, 0 to 100; every array has shape (customers,).

    `method` is calibrated or weighted, `unknown` how many points what nobody knows about a customer has moved the
    score, `reason` why there is no calibrated score.
    """

    as_of: date
    horizon_days: int
    customer: Ints
    score: Floats
    unknown: Floats
    method: str
    reason: Text | None = None

    @property
    def says(self) -> Text:
        """What the score is, in one sentence."""
        return METHODS[self.method].format(days=self.horizon_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """One part of the weighted score: its weight, and from 0 (bad) to 1 (good) for each value of a feature."""

    feature: str
    weight: float
    goodness: Callable[[Floats], Floats]


def _falling(good: float, bad: float) -> Callable[[Floats], Floats]:
    """1 up to `good`, 0 from `bad` on, straight in between; the other way round when `good` is the larger."""
    return lambda values: np.clip((bad - values) / (bad - good), 0.0, 1.0)


SIGNS = (
    Sign(feature="silence_in_gaps", weight=30, goodness=_falling(1.0, 4.0)),
    Sign(feature="order_pace", weight=15, goodness=_falling(1.0, 0.0)),
    Sign(feature="days_since_order", weight=10, goodness=_falling(30.0, 180.0)),
    Sign(feature="event_pace", weight=15, goodness=_falling(1.0, 0.0)),
    Sign(feature="tickets_open", weight=10, goodness=_falling(0.0, 3.0)),
    Sign(feature="nps_last", weight=20, goodness=_falling(9.0, 3.0)),
)
"""Source: a convention, open to argument; it is shown with the score and used until outcomes can speak."""


def health(leaving: Leaving) -> Health:
    """The score of each customer, calibrated where a model was learned and weighted elsewhere."""
    about: dict[str, Any] = {
        "as_of": leaving.as_of,
        "horizon_days": leaving.horizon_days,
        "customer": leaving.customer,
    }
    if leaving.model is None or leaving.chance is None:
        score, unknown = weighted(leaving.examples)
        return Health(**about, score=score, unknown=unknown, method="weighted", reason=leaving.reason)
    unknown = _unknown_points(leaving.model, leaving.examples, leaving.chance)
    return Health(**about, score=100 * (1 - leaving.chance), unknown=unknown, method="calibrated")


def weighted(examples: Examples) -> tuple[Floats, Floats]:
    """The plain score, and how many of its points come from counting what is unknown as middling.

    >>> one = Examples(features=(), customer=np.array([1]), day=np.array([0]), numbers={"silence_in_gaps": np.ones(1)})
    >>> weighted(one)[0].tolist()
    [100.0]
    """
    everyone = len(examples)
    points, known = np.zeros(everyone), np.zeros(everyone)
    for sign in SIGNS:
        values = examples.numbers.get(sign.feature, np.full(everyone, np.nan))
        has = ~np.isnan(values)
        points[has] += sign.weight * sign.goodness(values[has])
        known[has] += sign.weight
    anything = known > 0
    score = np.full(everyone, 50.0)
    score[anything] = 100 * points[anything] / known[anything]
    return score, np.where(anything, 0.0, 50.0)


def _unknown_points(model: ChurnModel, examples: Examples, chance: Floats) -> Floats:
    """How many points of health are due to what is not known: without its part of the log-odds they would go."""
    found = model.contributions(examples)
    kinds = {feature.id: feature for feature in examples.features}
    missing = np.stack([_unknown(examples, kinds[name]) for name in found.ids], axis=1)
    return 100 * (_without(found, missing) - chance)


def _without(found: Contributions, missing: Any) -> Floats:
    whole = found.base + found.added.sum(axis=1)
    return chances(whole - (found.added * missing).sum(axis=1))


def _unknown(examples: Examples, feature: Feature) -> Any:
    if feature.labelled:
        return examples.labels[feature.id] == ""
    return np.isnan(examples.numbers[feature.id])

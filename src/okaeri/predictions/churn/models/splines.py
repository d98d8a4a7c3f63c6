"""The default model: penalised logistic regression on splines and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.predictions.churn.examples import Examples, Flags, Floats, Ints
from okaeri.predictions.churn.folds import SEED, known_outcomes, parts, some_rows
from okaeri.predictions.churn.models.encoding import Encoding, encoding_of, room_for

_ROWS_TO_CHOOSE_BY = 6_000
PENALTIES = (1024.0, 256.0, 64.0, 16.0, 4.0, 1.0, 0.25)
"""Penalties to choose from, strongest first: each is the inverse variance of a coefficient around 0."""
_PARTS = 3
_STEPS = 200
_EXACT, _NEAR = 1e-9, 1e-3
SPLINES = "splines"


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class SplineModel:
    """Log-odds = `base` + the sum of what each feature adds; `base` is that of the average row learned from."""

    encoding: Encoding
    base: float
    slopes: Floats
    penalty: float

    @property
    def kind(self) -> str:
        """The model's name in cards."""
        return SPLINES

    @property
    def additive(self) -> bool:
        """Whether what a feature adds depends on that feature alone."""
        return True

    @property
    def ids(self) -> tuple[str, ...]:
        """The features that may add something."""
        return self.encoding.ids

    def contributions(self, examples: Examples) -> tuple[float, Floats]:
        """The base, and what each feature adds, shape (rows, ids)."""
        return self.base, self.encoding.contributions(examples, self.slopes)

    def log_odds(self, examples: Examples) -> Floats:
        """Shape (rows,)."""
        base, added = self.contributions(examples)
        return np.asarray(base + added.sum(axis=1))

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "kind": self.kind,
            "encoding": self.encoding.as_data(),
            "base": self.base,
            "slopes": self.slopes.tolist(),
            "penalty": self.penalty,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> SplineModel:
        """What `as_data` gave."""
        return cls(
            encoding=Encoding.from_data(data["encoding"]),
            base=data["base"],
            slopes=np.asarray(data["slopes"], np.float64),
            penalty=data["penalty"],
        )


def fit_splines(examples: Examples, *, seed: int = SEED, penalty: float | None = None) -> SplineModel:
    """The model of these rows, which stand as `in_order` leaves them.

    Without a `penalty` it is the one with the smallest log-loss over folds of customers; a penalty is the strength of
    a belief and does not grow with the rows, so at most about 6,000 rows choose it.
    """
    left = known_outcomes(examples)
    encoding = encoding_of(examples, room=room_for(examples))
    columns = encoding.columns(examples)
    if not columns.shape[1]:
        return SplineModel(encoding=encoding, base=_level(left), slopes=np.zeros(0), penalty=penalty or PENALTIES[0])
    if penalty is None:
        some = some_rows(examples, at_most=_ROWS_TO_CHOOSE_BY, seed=seed)
        penalty = _best_penalty(columns[some], left[some], parts(examples.only(some), count=_PARTS, seed=seed))
    base, slopes = _fitted(columns, left, penalty=penalty, tolerance=_EXACT)
    return SplineModel(encoding=encoding, base=base, slopes=slopes, penalty=penalty)


def _level(left: Flags) -> float:
    """The log-odds of the share that left."""
    return float(np.log(left.sum() / (len(left) - left.sum())))


def _fitted(columns: Floats, left: Flags, *, penalty: float, tolerance: float) -> tuple[float, Floats]:
    """The intercept, which is free, and the slopes of a ridge logistic regression."""
    from sklearn.linear_model import LogisticRegression  # heavy

    model = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=tolerance, max_iter=_STEPS)
    model.fit(columns, left)
    return float(model.intercept_[0]), np.asarray(model.coef_[0], np.float64)


def _best_penalty(columns: Floats, left: Flags, part: Ints) -> float:
    """The penalty that loses least on parts that were not learned from, climbed to from the middle of the list."""
    lost: dict[int, float] = {}

    def loss(place: int) -> float:
        if place not in lost:
            every = range(int(part.max()) + 1)
            lost[place] = sum(_lost_on(columns, left, part == k, PENALTIES[place]) for k in every)
        return lost[place]

    place = len(PENALTIES) // 2
    while True:
        around = [near for near in (place - 1, place, place + 1) if 0 <= near < len(PENALTIES)]
        best = min(around, key=lambda near: (loss(near), near))
        if best == place:
            return PENALTIES[place]
        place = best


def _lost_on(columns: Floats, left: Flags, judged: Flags, penalty: float) -> float:
    learned = left[~judged]
    if learned.all() or not learned.any():
        return 0.0  # nothing can be learned from customers who all did the same
    base, slopes = _fitted(columns[~judged], learned, penalty=penalty, tolerance=_NEAR)
    log_odds = base + columns[judged] @ slopes
    return float(np.sum(np.logaddexp(0.0, log_odds) - left[judged] * log_odds))

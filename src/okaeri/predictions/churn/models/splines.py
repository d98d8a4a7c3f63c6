"""The default model: penalised logistic regression on splines and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.predictions.churn.examples import Examples, Floats
from okaeri.predictions.churn.folds import FOLDS, SEED, known_outcomes, parts, some_rows
from okaeri.predictions.churn.models.encoding import Encoding, encoding_of, room_for
from okaeri.predictions.churn.models.newton import Fit, best_fit, fitted, once

_ROWS_TO_CHOOSE_BY = 6_000
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
    trials = once(encoding.columns(examples), left)
    start: Fit | None = None
    if penalty is None:
        some = some_rows(examples, at_most=_ROWS_TO_CHOOSE_BY, seed=seed)
        start = best_fit(trials.only(some), parts(examples.only(some), count=FOLDS, seed=seed))
        penalty = start.penalty
    fit = fitted(trials, penalty=penalty, start=start)
    return SplineModel(encoding=encoding, base=float(fit.levels[0]), slopes=fit.slopes, penalty=penalty)

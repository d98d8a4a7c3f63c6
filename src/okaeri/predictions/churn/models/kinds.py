"""What every model of churn can do, and how one is read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from okaeri.predictions.churn.examples import Examples, Floats
from okaeri.predictions.churn.models.splines import SPLINES, SplineModel
from okaeri.predictions.churn.models.trees import TREES, TreeModel


class Model(Protocol):
    """Log-odds of leaving as a base and what each feature adds to it."""

    @property
    def kind(self) -> str:
        """The model's name in cards."""

    @property
    def additive(self) -> bool:
        """Whether what a feature adds depends on that feature alone."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The features that may add something."""

    def contributions(self, examples: Examples) -> tuple[float, Floats]:
        """The base, and what each feature adds, shape (rows, ids)."""

    def log_odds(self, examples: Examples) -> Floats:
        """Shape (rows,)."""

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""


_KINDS: Mapping[str, Any] = {SPLINES: SplineModel, TREES: TreeModel}


def model_from_data(data: Mapping[str, Any]) -> Model:
    """The model that `as_data` gave."""
    found: Model = _KINDS[data["kind"]].from_data(data)
    return found

"""The challenger: a light LightGBM, shallow and strongly regularised, kept as its own text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.churn.examples import Examples, Floats, Ints
from okaeri.predictions.churn.folds import FOLDS, SEED, known_outcomes, parts
from okaeri.predictions.churn.models.encoding import LabelColumns, label_columns, room_for

TREES = "trees"
_MOST_ROUNDS = 400
_PATIENCE = 30
_LEAST_LEAF_SHARE = 0.005
_SETTINGS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 7,
    "max_depth": 3,
    "lambda_l2": 10.0,
    "max_bin": 63,
    "boost_from_average": True,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeModel:
    """Log-odds by trees over numbers as they are and labels as columns; `text` is LightGBM's own."""

    numbers: tuple[str, ...]
    labels: tuple[LabelColumns, ...]
    text: str

    @property
    def kind(self) -> str:
        """The model's name in cards."""
        return TREES

    @property
    def additive(self) -> bool:
        """Whether what a feature adds depends on that feature alone."""
        return False

    @property
    def ids(self) -> tuple[str, ...]:
        """The features that may add something."""
        return (*self.numbers, *(label.id for label in self.labels))

    def contributions(self, examples: Examples) -> tuple[float, Floats]:
        """The base, and what each feature adds, shape (rows, ids): Shapley values over the rows learned from.

        Source: Lundberg et al. (2020), Nature Machine Intelligence 2, path-dependent TreeSHAP.
        """
        found = np.asarray(_booster(self.text).predict(self._columns(examples), pred_contrib=True, num_threads=1))
        starts = np.cumsum([0, *(1 for _number in self.numbers), *(label.count for label in self.labels)])[:-1]
        added = np.add.reduceat(found[:, :-1], starts, axis=1)
        return _base(self.text, len(found[0]) - 1), added

    def log_odds(self, examples: Examples) -> Floats:
        """Shape (rows,)."""
        return np.asarray(_booster(self.text).predict(self._columns(examples), raw_score=True, num_threads=1))

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        labels = [label.as_data() for label in self.labels]
        return {"kind": self.kind, "numbers": list(self.numbers), "labels": labels, "text": self.text}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> TreeModel:
        """What `as_data` gave."""
        labels = tuple(LabelColumns.from_data(label) for label in data["labels"])
        return cls(numbers=tuple(data["numbers"]), labels=labels, text=data["text"])

    def _columns(self, examples: Examples) -> Floats:
        return _table(self.numbers, self.labels, examples)


def trees_missing() -> Text | None:
    """Why LightGBM cannot be loaded here; None when it can."""
    try:
        import lightgbm  # noqa: F401 - heavy, and needs a library of the system
    except (ImportError, OSError) as wrong:
        return _("LightGBM could not be loaded ({why}); the default model stands without a challenger.").format(
            why=str(wrong)
        )
    return None


def fit_trees(examples: Examples, *, seed: int = SEED) -> TreeModel | None:
    """The model of these rows, which stand as `in_order` leaves them; None when no column varies.

    A fifth of the customers says after how many trees to stop, then all rows are learned from.
    """
    room = room_for(examples)
    features = sorted(examples.features, key=lambda feature: feature.id)
    numbers = tuple(feature.id for feature in features if not feature.labelled)
    found = (
        label_columns(feature.id, examples.labels[feature.id], customer=examples.customer, room=room)
        for feature in features
        if feature.labelled
    )
    labels = tuple(label for label in found if label is not None)
    if not numbers and not labels:
        return None
    columns, left = _table(numbers, labels, examples), known_outcomes(examples).astype(np.float64)
    rounds = _rounds(columns, left, parts(examples, count=FOLDS, seed=seed), seed)
    return TreeModel(numbers=numbers, labels=labels, text=_grown(columns, left, rounds, seed))


def _rounds(columns: Floats, left: Floats, part: Ints, seed: int) -> int:
    import lightgbm  # heavy

    learned = lightgbm.Dataset(columns[part != 0], left[part != 0], params=_settings(len(left), seed))
    judged = learned.create_valid(columns[part == 0], left[part == 0])
    stop = lightgbm.early_stopping(_PATIENCE, verbose=False)
    booster = lightgbm.train(
        _settings(len(left), seed), learned, num_boost_round=_MOST_ROUNDS, valid_sets=[judged], callbacks=[stop]
    )
    return max(1, int(booster.best_iteration))


def _grown(columns: Floats, left: Floats, rounds: int, seed: int) -> str:
    import lightgbm  # heavy

    settings = _settings(len(left), seed)
    booster = lightgbm.train(settings, lightgbm.Dataset(columns, left, params=settings), num_boost_round=rounds)
    return str(booster.model_to_string())


def _settings(rows: int, seed: int) -> dict[str, Any]:
    leaf = max(20, round(_LEAST_LEAF_SHARE * rows))
    return {**_SETTINGS, "min_data_in_leaf": leaf, "seed": seed % 2**31, "num_threads": 1}


def _table(numbers: tuple[str, ...], labels: tuple[LabelColumns, ...], examples: Examples) -> Floats:
    plain = [np.asarray(examples.numbers[name], np.float64)[:, None] for name in numbers]
    return np.concatenate([*plain, *(label.columns(examples.labels[label.id]) for label in labels)], axis=1)


@cache
def _base(text: str, columns: int) -> float:
    found = _booster(text).predict(np.zeros((1, columns)), pred_contrib=True, num_threads=1)
    return float(np.asarray(found)[0, -1])


@cache
def _booster(text: str) -> Any:
    import lightgbm  # heavy

    return lightgbm.Booster(model_str=text)

"""Which model is taken: the default, unless the challenger beats it by more than chance where neither had learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from okaeri.base.differences import Difference
from okaeri.predictions.churn.calibration import chances
from okaeri.predictions.churn.examples import Examples, Floats
from okaeri.predictions.churn.folds import SEED, Split, known_outcomes, some_rows
from okaeri.predictions.churn.judging import log_losses, paired
from okaeri.predictions.churn.models.encoding import encoding_of, room_for
from okaeri.predictions.churn.models.kinds import Model
from okaeri.predictions.churn.models.newton import fitted, losses, once
from okaeri.predictions.churn.models.splines import fit_splines
from okaeri.predictions.churn.models.threads import on_one_thread
from okaeri.predictions.churn.models.trees import fit_trees

Fitting = Callable[[Examples], Model | None]
_ROWS_TO_RANK_BY = 5_000
_ONE_FEATURE_PENALTY = 4.0


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class OutOfFold:
    """The model of each fold, and the log-odds given to rows they had not learned from; NaN where none were."""

    models: tuple[Model, ...]
    log_odds: Floats


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Choice:
    """What was taken; `gain` is the challenger's advantage in log-loss, None when there was no challenger."""

    taken: OutOfFold
    challenged: bool
    won: bool
    gain: Difference | None


def chosen(examples: Examples, *, split: Split, seed: int = SEED, challenger: bool = True) -> Choice:
    """The default's and, if asked for, the challenger's judgement by the same folds, and which one is taken."""
    default = out_of_fold(examples, split, _default(split, seed=seed))
    if not challenger or not examples.features:
        return Choice(taken=default, challenged=False, won=False, gain=None)
    trees = out_of_fold(examples, split, lambda rows: fit_trees(rows, seed=seed))
    gain = gain_over(examples, split, better=trees.log_odds, than=default.log_odds)
    won = gain.value > 0 and bool(gain.distinguishable)
    return Choice(taken=trees if won else default, challenged=True, won=won, gain=gain)


def _default(split: Split, *, seed: int) -> Fitting:
    """The default model of each fold; over time the earliest rows choose the penalty for the later folds as well."""
    found: list[float] = []

    def fit(rows: Examples) -> Model:
        model = fit_splines(rows, seed=seed, penalty=found[0] if found else None)
        if split.over_time and rows.features:
            found.append(model.penalty)
        return model

    return fit


@on_one_thread
def out_of_fold(examples: Examples, split: Split, fit: Fitting) -> OutOfFold:
    """Each fold judged by a model of the rows it may learn from; every step of the fit happens inside the fold."""
    log_odds, models = np.full(len(examples), np.nan), []
    for fold in split.folds:
        model = fit(examples.only(fold.train))
        if model is None:
            model = fit_splines(examples.without(*(f.id for f in examples.features)).only(fold.train))
        models.append(model)
        log_odds[fold.test] = model.log_odds(examples.only(fold.test))
    return OutOfFold(models=tuple(models), log_odds=log_odds)


def gain_over(examples: Examples, split: Split, *, better: Floats, than: Floats) -> Difference:
    """By how much the log-odds `better` lose less than `than` per judged row."""
    seen, left = split.judged, known_outcomes(examples)
    first, second = (log_losses(left[seen], chances(odds[seen])) for odds in (than, better))
    return paired(first, second, customer=examples.customer[seen])


def base_rate(examples: Examples, split: Split) -> Floats:
    """The log-odds of the share that left, for everybody alike, by fold."""
    return out_of_fold(only_features(examples), split, lambda rows: fit_splines(rows, penalty=1.0)).log_odds


def best_single(examples: Examples, split: Split, *, seed: int = SEED) -> tuple[Floats, tuple[str, ...]]:
    """The log-odds by the one feature that says most inside each fold, and which one it was."""
    names: list[str] = []

    def fit(rows: Examples) -> Model:
        names.append(strongest(rows, seed=seed))
        return fit_splines(only_features(rows, names[-1]), penalty=_ONE_FEATURE_PENALTY)

    return out_of_fold(examples, split, fit).log_odds, tuple(names)


def only_features(examples: Examples, *names: str) -> Examples:
    """The same rows with some features only."""
    return examples.without(*(feature.id for feature in examples.features if feature.id not in names))


def strongest(examples: Examples, *, seed: int = SEED) -> str:
    """The feature whose own model has the smallest log-loss on the rows it was made from; "" without features."""
    rows = examples.only(some_rows(examples, at_most=_ROWS_TO_RANK_BY, seed=seed))
    room, left = room_for(rows), known_outcomes(rows)
    found: list[tuple[float, str]] = []
    for part in encoding_of(rows, room=room).parts:
        trials = once(encoding_of(only_features(rows, part.id), room=room).columns(rows), left)
        fit = fitted(trials, penalty=_ONE_FEATURE_PENALTY, close=1e-6)
        found.append((float(losses(trials, fit.log_odds(trials.columns)).sum()), part.id))
    return min(found, default=(0.0, ""))[1]

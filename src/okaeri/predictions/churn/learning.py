"""From examples to a model of churn with its card, or to the plain word that there is not enough to learn from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.churn.calibration import Calibrated, calibrated, chances
from okaeri.predictions.churn.card import Baseline, Card
from okaeri.predictions.churn.choosing import Choice, base_rate, best_single, chosen, gain_over, out_of_fold
from okaeri.predictions.churn.drivers import drivers_of
from okaeri.predictions.churn.examples import Examples, Floats
from okaeri.predictions.churn.folds import (
    FOLDS,
    SEED,
    Split,
    customer_folds,
    in_order,
    known_outcomes,
    order_of,
    outcomes_of,
    time_folds,
)
from okaeri.predictions.churn.judging import Judgement, auc_figure, judged, log_losses, mean_figure
from okaeri.predictions.churn.leakage import Suspect, suspects
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.churn.models.encoding import STRAIGHT_BELOW
from okaeri.predictions.churn.models.kinds import Model
from okaeri.predictions.churn.models.splines import fit_splines
from okaeri.predictions.churn.models.threads import on_one_thread
from okaeri.predictions.churn.models.trees import fit_trees, trees_missing
from okaeri.predictions.churn.undated import notes_on, without_undated

LEAST_OUTCOMES = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class NotEnough:
    """Why nothing was learned: so many customers left, so many stayed, and `needed` of each are asked for."""

    left: int
    stayed: int
    needed: int
    reason: Text


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class CrossValidated:
    """The chance of leaving given to each row by a model that had not learned from its customer, and the judgement."""

    probability: Floats
    judgement: Judgement


@on_one_thread
def learn(
    examples: Examples,
    *,
    horizon_days: int,
    folds: int = FOLDS,
    seed: int = SEED,
    challenger: bool = True,
    keep: Collection[str] = (),
    use: Collection[str] = (),
    trusted: Collection[str] = (),
    least: int = LEAST_OUTCOMES,
) -> ChurnModel | NotEnough:
    """The model of who leaves within the horizon, learned from rows whose outcome is known.

    Numeric attributes, which have no history, are left out unless `use` names them. Suspected columns are left out
    unless `keep` names them; those in `trusted`, made from dated facts before the day, are not suspected. Below `least`
    customers who left and as many who stayed nothing is learned: with 30 of each the standard error of an area under
    the ROC curve of 0.75 is 0.06, and three coefficients can be told at ten outcomes each; with fewer no figure on the
    card would mean anything.
    """
    vouched = without_undated(examples, use=use)
    rows = in_order(vouched.examples)
    left, stayed = outcomes_of(rows.customer, known_outcomes(rows))
    if min(left, stayed) < least:
        return NotEnough(left=left, stayed=stayed, needed=least, reason=_too_few(left, stayed, least))
    suspected = suspects(rows, trusted=trusted, seed=seed)
    usable = rows.without(*(each.feature for each in suspected if each.feature not in keep))
    missing = trees_missing() if challenger else None
    split, unlucky = _split(usable, horizon_days=horizon_days, folds=folds, seed=seed, least=least)
    choice = chosen(usable, split=split, seed=seed, challenger=challenger and missing is None)
    line = _line(usable, split, choice, horizon_days=horizon_days, seed=seed, least=least)
    card = _card(usable, split, choice, line, horizon_days=horizon_days, seed=seed)
    model = _whole(usable, choice, seed=seed)
    notes = (
        *notes_on(used=model.ids, left_out=vouched.left_out),
        *(_suspicion(each, kept=each.feature in keep) for each in suspected),
        *_doubts(card, min(left, stayed)),
        *(note for note in (missing, unlucky) if note),
        *_choices(choice, line),
    )
    return ChurnModel(
        model=model,
        calibration=line.line,
        card=replace(card, suspects=suspected, notes=notes),
    )


@on_one_thread
def cross_validated(examples: Examples, *, folds: int = FOLDS, seed: int = 42) -> CrossValidated:
    """The default model judged by folds of whole customers; rows stand as they were given.

    All that is learned, knots and labels and the penalty too, is learned inside the fold.
    """
    order = order_of(examples)
    rows = in_order(examples)
    split = customer_folds(rows, folds=folds, seed=seed)
    found = chances(out_of_fold(rows, split, lambda part: fit_splines(part, seed=seed)).log_odds)
    probability = np.empty(len(found))
    probability[order] = found
    judgement = judged(known_outcomes(rows), found, customer=rows.customer, strata=split.strata(rows.day), seed=seed)
    return CrossValidated(probability=probability, judgement=judgement)


def _split(rows: Examples, *, horizon_days: int, folds: int, seed: int, least: int) -> tuple[Split, Text | None]:
    """Over time where days allow it, else over customers with the reason."""
    by_customer = customer_folds(rows, folds=folds, seed=seed)
    if len(np.unique(rows.day)) < 2:
        return by_customer, None
    over_time = time_folds(rows, horizon_days=horizon_days, least=least, at_most=folds)
    if over_time is not None:
        return over_time, None
    return by_customer, _(
        "The days lie too close together, or too few left before the last ones, to judge the model on a later day; "
        "it was judged on other customers of the same days, which may flatter it."
    )


def _line(rows: Examples, split: Split, choice: Choice, *, horizon_days: int, seed: int, least: int) -> Calibrated:
    """The calibration, judged over time where the model is, else over customers."""
    seen, left = split.judged, known_outcomes(rows)
    part = rows.only(seen)
    if split.over_time:
        inner = time_folds(part, horizon_days=horizon_days, least=least)
    else:
        inner = customer_folds(part, seed=seed + 1)
    found = calibrated(choice.taken.log_odds[seen], left[seen], customer=part.customer, split=inner)
    whole = choice.taken.log_odds.copy()
    whole[seen] = found.log_odds
    return replace(found, log_odds=whole)


def _card(rows: Examples, split: Split, choice: Choice, line: Calibrated, *, horizon_days: int, seed: int) -> Card:
    left, seen = known_outcomes(rows), split.judged
    single, names = best_single(rows, split, seed=seed)
    models = choice.taken.models
    return Card(
        kind=models[0].kind,
        horizon_days=horizon_days,
        rows=len(rows),
        customers=len(np.unique(rows.customer)),
        left=int(left.sum()),
        first_day=int(rows.day.min()),
        last_day=int(rows.day.max()),
        over_time=split.over_time,
        folds=len(split.folds),
        judgement=judged(
            left[seen],
            chances(line.log_odds[seen]),
            customer=rows.customer[seen],
            strata=split.strata(rows.day),
            seed=seed,
        ),
        base_rate=_baseline(rows, split, line, base_rate(rows, split), names=()),
        single=_baseline(rows, split, line, single, names=names),
        challenger_gain=choice.gain,
        calibration_gain=line.gain,
        drivers=drivers_of(rows, split=split, found=choice.taken, seed=seed),
        suspects=(),
        notes=(),
    )


def _baseline(rows: Examples, split: Split, line: Calibrated, log_odds: Floats, *, names: tuple[str, ...]) -> Baseline:
    seen, left = split.judged, known_outcomes(rows)
    cluster, chance = np.unique(rows.customer[seen], return_inverse=True)[1], chances(log_odds[seen])
    return Baseline(
        features=names,
        log_loss=mean_figure(log_losses(left[seen], chance), cluster),
        auc=auc_figure(left[seen], chance, cluster, strata=split.strata(rows.day)),
        gain=gain_over(rows, split, better=line.log_odds, than=log_odds),
    )


def _whole(rows: Examples, choice: Choice, *, seed: int) -> Model:
    """The taken kind, learned from all rows."""
    trees = fit_trees(rows, seed=seed) if choice.won else None
    return trees if trees is not None else fit_splines(rows, seed=seed)


def _too_few(left: int, stayed: int, needed: int) -> Text:
    if left < needed:
        return _("Not enough outcomes yet: {n} of {needed} customers who left.").format(n=left, needed=needed)
    return _("Not enough outcomes yet: {n} of {needed} customers who stayed.").format(n=stayed, needed=needed)


def _suspicion(suspect: Suspect, *, kept: bool) -> Text:
    if kept:
        return _("'{column}' was kept as you asked, though it may know the outcome: {why}").format(
            column=suspect.feature, why=suspect.why
        )
    return _("'{column}' was left out because it may know the outcome: {why}").format(
        column=suspect.feature, why=suspect.why
    )


def _doubts(card: Card, outcomes: int) -> tuple[Text, ...]:
    found = []
    if not card.tells:
        found.append(
            _("What is known does not tell who leaves: the model is not better than the base rate by more than chance.")
        )
    elif card.single.gain.value <= 0 or not card.single.gain.distinguishable:
        found.append(_("One feature alone tells about as much as the whole model."))
    if outcomes < STRAIGHT_BELOW:
        found.append(_("There are few outcomes yet, so numbers count in straight lines only and ranges are wide."))
    return tuple(found)


def _choices(choice: Choice, line: Calibrated) -> tuple[Text, ...]:
    found = []
    if choice.won:
        found.append(_("Boosted trees beat the default model by more than chance and were taken."))
    elif choice.challenged:
        found.append(_("Boosted trees did not beat the default model by more than chance, so the default stands."))
    if line.line.stretched != 1:
        found.append(_("The probabilities were calibrated, which improved them on customers not learned from."))
    return tuple(found)

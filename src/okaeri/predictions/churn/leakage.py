"""Columns that know the outcome already, found before anything is learned from them.

A column is suspected when, on its own, it tells too well who left, when it is filled in for leavers only, when one
of its values stands for leaving, or when it names each customer rather than describing them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.base.intervals import wilson_bounds
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.predictions.churn.calibration import chances
from okaeri.predictions.churn.choosing import only_features, out_of_fold
from okaeri.predictions.churn.examples import Examples, Feature, Flags, Ints
from okaeri.predictions.churn.folds import SEED, Split, customer_folds, in_order, known_outcomes, some_rows
from okaeri.predictions.churn.judging import auc_figure, auc_of, log_losses
from okaeri.predictions.churn.models.splines import fit_splines
from okaeri.predictions.churn.models.threads import on_one_thread
from okaeri.predictions.churn.words import text_as_data, text_from_data

AUC = 0.95
LOSS_TAKEN = 0.5
PURE = 0.9
_SURELY = 0.9
_LEAST_CUSTOMERS = 20
_LEAST_SHARE_OF_LEAVERS = 0.1
_USUALLY_LEFT = 0.5
_FEW_VALUES = 12
_NAMES_FROM = 0.5
_PENALTY = 1.0
_ROWS = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspect:
    """A column that may know the outcome, by its feature's id, and why it is suspected."""

    feature: str
    why: Text

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"feature": self.feature, "why": text_as_data(self.why)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Suspect:
        """What `as_data` gave."""
        return cls(feature=data["feature"], why=text_from_data(data["why"]))


@on_one_thread
def suspects(examples: Examples, *, trusted: Collection[str] = (), seed: int = SEED) -> tuple[Suspect, ...]:
    """The suspected columns by their id, each with the first rule that caught it.

    Those in `trusted` are not looked at: made from dated facts before the day, they cannot know what came after it,
    however well they tell. A long silence shortly before a rule of silence ends a stay does so honestly.

    Alone, on customers it has not learned from: an area under the ROC curve of at least 0.95 with a range above 0.9,
    or half of the base rate's log-loss gone. A value, or being known at all: at least 20 customers and a tenth of the
    leavers have it, at most half of all left, and of those with it at least 90 % left, by the lower Wilson bound.
    A text of which most customers have their own is a name: its alphabetical order may still tell who left.
    """
    ordered = in_order(examples)
    rows = ordered.only(some_rows(ordered, at_most=_ROWS, seed=seed))
    split = customer_folds(rows, seed=seed)
    found = ((feature, _why(rows, split, feature, seed)) for feature in rows.features if feature.id not in trusted)
    return tuple(Suspect(feature=feature.id, why=why) for feature, why in found if why is not None)


def _why(rows: Examples, split: Split, feature: Feature, seed: int) -> Text | None:
    left, values = known_outcomes(rows), _values(rows, feature)
    return (
        _only_for_leavers(rows, left, _known(values))
        or _value_of_leavers(rows, left, values)
        or _tells_too_much(rows, left, split, feature, seed)
        or (_a_name(rows, left, values) if feature.labelled else None)
    )


def _only_for_leavers(rows: Examples, left: Flags, known: Flags) -> Text | None:
    if known.all() or not _stands_for_leaving(rows, left, known):
        return None
    share, n = _share(left, known), int(known.sum())
    return _("It is known almost only for those who left: {share} of the {n} rows where it is filled in.").format(
        share=share, n=n
    )


def _value_of_leavers(rows: Examples, left: Flags, values: Any) -> Text | None:
    texts, place = np.unique(values.astype(str), return_inverse=True)
    if len(texts) > (_FEW_VALUES if values.dtype.kind == "f" else len(values) * _NAMES_FROM):
        return None
    for at in _frequent(place):
        rows_with = place == at
        if texts[at] not in ("", "nan") and _stands_for_leaving(rows, left, rows_with):
            return _("Its value '{value}' stands for leaving: {share} of the {n} rows with it left.").format(
                value=str(texts[at]), share=_share(left, rows_with), n=int(rows_with.sum())
            )
    return None


def _tells_too_much(rows: Examples, left: Flags, split: Split, feature: Feature, seed: int) -> Text | None:
    one = only_features(rows, feature.id)
    odds = out_of_fold(one, split, lambda part: fit_splines(part, penalty=_PENALTY, seed=seed)).log_odds
    area = auc_figure(left, odds, rows.customer)
    if area.value >= AUC and (area.interval.low is None or area.interval.low > _SURELY):
        return _("Alone it tells who left almost without error: AUC {auc} on {n} rows.").format(
            auc=Shown(area.value, Unit.RATIO, 3), n=len(left)
        )
    base = np.full(len(left), left.mean())
    taken = 1 - float(log_losses(left, chances(odds)).sum() / log_losses(left, base).sum())
    if taken >= LOSS_TAKEN:
        return _("Alone it takes away {share} of the uncertainty about who left, on {n} rows.").format(
            share=Shown(taken, Unit.RATE, 0), n=len(left)
        )
    return None


def _a_name(rows: Examples, left: Flags, values: Any) -> Text | None:
    texts, place = np.unique(values.astype(str), return_inverse=True)
    customers = len(np.unique(rows.customer))
    if len(texts) <= _NAMES_FROM * customers or len(texts) <= _LEAST_CUSTOMERS:
        return None
    area = auc_of(left, place.astype(np.float64))
    if max(area, 1 - area) >= AUC:
        return _("It names customers, and the order of the names tells who left: AUC {auc} on {n} rows.").format(
            auc=Shown(max(area, 1 - area), Unit.RATIO, 3), n=len(left)
        )
    return _("It names customers rather than describing them: {n} different texts for {customers} customers.").format(
        n=len(texts), customers=customers
    )


def _stands_for_leaving(rows: Examples, left: Flags, some: Flags) -> bool:
    """Whether nearly all of these rows left, while they are many enough and most others stayed."""
    customers = len(np.unique(rows.customer[some]))
    if customers < _LEAST_CUSTOMERS or left.mean() > _USUALLY_LEFT:
        return False
    low = float(wilson_bounds([left[some].mean() * customers], [customers])[0][0])
    return low >= PURE and bool(left[some].sum() >= _LEAST_SHARE_OF_LEAVERS * left.sum())


def _values(rows: Examples, feature: Feature) -> Any:
    return rows.labels[feature.id] if feature.labelled else rows.numbers[feature.id]


def _known(values: Any) -> Flags:
    return np.asarray(~np.isnan(values) if values.dtype.kind == "f" else values.astype(str) != "")


def _frequent(place: Ints) -> Ints:
    counts = np.bincount(place)
    return np.flatnonzero(counts >= _LEAST_CUSTOMERS)


def _share(left: Flags, some: Flags) -> Shown:
    return Shown(float(left[some].mean()), Unit.RATE, 0)

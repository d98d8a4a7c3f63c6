"""What is known about customers as the columns of a model, and how many columns so many outcomes can bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from okaeri.predictions.churn.examples import Examples, Floats, Ints, Labels
from okaeri.predictions.churn.folds import known_outcomes, outcomes_of
from okaeri.predictions.churn.models.numbers import NumberColumns, number_columns

STRAIGHT_BELOW = 100
_FEW_KNOTS, _ALL_KNOTS = 3, 5
_ALL_KNOTS_FROM, _ALL_KNOTS_PER_FEATURE = 500, 50
_OUTCOMES_PER_LEVEL = 10
_LEAST_CUSTOMERS = 10
_MOST_LEVELS = 30
_LEAST_SHARE = 0.005


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelColumns:
    """One column per label of many customers; `shares` has one more place than `levels` when the rare ones are pooled.

    A label never seen counts among the pooled ones; where there are none, as nothing known.
    """

    id: str
    levels: tuple[str, ...]
    shares: tuple[float, ...]

    @property
    def count(self) -> int:
        """How many columns."""
        return len(self.shares)

    def columns(self, values: Labels) -> Floats:
        """Shape (rows, count)."""
        place = self._places(values)
        found: Floats = (place[:, None] == np.arange(self.count)) - np.asarray(self.shares)
        found[place == self.count] = 0.0
        return found

    def _places(self, values: Labels) -> Ints:
        texts, place = np.unique(values.astype(str), return_inverse=True)
        known = {level: at for at, level in enumerate(self.levels)}
        return np.asarray([known.get(str(text), len(self.levels)) for text in texts], np.int64)[place]

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> LabelColumns:
        """What `as_data` gave."""
        return cls(id=data["id"], levels=tuple(data["levels"]), shares=tuple(data["shares"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """How fine the columns may be: knots per number, customers per label, labels per feature."""

    knots: int
    least_customers: int
    levels: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """The columns of each feature that varies, features by their id."""

    parts: tuple[NumberColumns | LabelColumns, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The features that have columns."""
        return tuple(part.id for part in self.parts)

    def columns(self, examples: Examples) -> Floats:
        """Shape (rows, columns of all features)."""
        blocks = [self._block(part, examples) for part in self.parts]
        return np.concatenate(blocks, axis=1) if blocks else np.zeros((len(examples), 0))

    def contributions(self, examples: Examples, slopes: Floats) -> Floats:
        """What each feature adds to the log-odds, shape (rows, features); its mean over the rows learned from is 0."""
        found = np.zeros((len(examples), len(self.parts)))
        first = 0
        for place, part in enumerate(self.parts):
            found[:, place] = self._block(part, examples) @ slopes[first : first + part.count]
            first += part.count
        return found

    def as_data(self) -> list[dict[str, Any]]:
        """JSON-ready."""
        return [part.as_data() for part in self.parts]

    @classmethod
    def from_data(cls, data: list[dict[str, Any]]) -> Encoding:
        """What `as_data` gave."""
        kinds = (LabelColumns.from_data(part) if "levels" in part else NumberColumns.from_data(part) for part in data)
        return cls(parts=tuple(kinds))

    @staticmethod
    def _block(part: NumberColumns | LabelColumns, examples: Examples) -> Floats:
        if isinstance(part, LabelColumns):
            return part.columns(examples.labels[part.id])
        return part.columns(np.asarray(examples.numbers[part.id], np.float64))


def room_for(examples: Examples) -> Room:
    """How fine the columns may be for so many outcomes: of those who left and those who stayed, the fewer count.

    Below 100 outcomes every number is a straight line; it bends at five knots where there are 500 outcomes and fifty
    for each feature, else at three. A label needs ten customers to stand alone, however many rows each of
    them has, as a model that is kept must not repeat one customer's own words; no feature gets more labels than a tenth
    of the outcomes; the penalty does the rest.
    Source: ten outcomes per parameter, Peduzzi et al. (1996), Journal of Clinical Epidemiology 49(12).
    """
    outcomes = min(outcomes_of(examples.customer, known_outcomes(examples)))
    many = outcomes >= max(_ALL_KNOTS_FROM, _ALL_KNOTS_PER_FEATURE * len(examples.features))
    knots = 0 if outcomes < STRAIGHT_BELOW else _ALL_KNOTS if many else _FEW_KNOTS
    return Room(
        knots=knots,
        least_customers=max(_LEAST_CUSTOMERS, round(_LEAST_SHARE * len(np.unique(examples.customer)))),
        levels=max(2, min(_MOST_LEVELS, outcomes // _OUTCOMES_PER_LEVEL)),
    )


def encoding_of(examples: Examples, *, room: Room) -> Encoding:
    """The columns made for these rows; outcomes play no part, but for the order of equally frequent labels none."""
    parts = (
        label_columns(feature.id, examples.labels[feature.id], customer=examples.customer, room=room)
        if feature.labelled
        else number_columns(feature.id, np.asarray(examples.numbers[feature.id], np.float64), knots=room.knots)
        for feature in sorted(examples.features, key=lambda feature: feature.id)
    )
    return Encoding(parts=tuple(part for part in parts if part is not None))


def label_columns(name: str, values: Labels, *, customer: Ints, room: Room) -> LabelColumns | None:
    """The columns for a label with these values, the one of most customers first; None when it never varies."""
    texts, place, rows = np.unique(values.astype(str), return_inverse=True, return_counts=True)
    people = _customers_of(place, customer, count=len(texts))
    ranked = np.lexsort((texts, -rows, -people))
    # of labels equally frequent all stand alone or none does, so that their names decide nothing
    beyond = int(people[ranked[room.levels]]) if len(ranked) > room.levels else 0
    kept = [at for at in ranked if people[at] >= max(room.least_customers, beyond + 1)]
    shares = [float(rows[at]) / len(values) for at in kept]
    rest = len(values) - int(rows[kept].sum()) if kept else len(values)
    if rest:
        shares.append(rest / len(values))
    if len(shares) < 2:
        return None
    return LabelColumns(id=name, levels=tuple(str(texts[at]) for at in kept), shares=tuple(shares))


def _customers_of(place: Ints, customer: Ints, *, count: int) -> Ints:
    """How many customers have each of `count` labels on some row."""
    codes, who = np.unique(customer, return_inverse=True)
    pairs = np.unique(place * len(codes) + who)
    return np.bincount(pairs // len(codes), minlength=count)

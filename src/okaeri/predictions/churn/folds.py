"""An order of rows that depends on nothing but what they say, and who is learned from and who is judged.

Neither the order of rows nor the codes of customers nor the names of labels decide anything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.predictions.churn.examples import Examples, Flags, Floats, Ints, Labels

_Hashes = NDArray[np.uint64]
FOLDS = 5
SEED = 20240229


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Fold:
    """Places of the rows to learn from and of those to judge by; `day` is the judged day, if there is one."""

    train: Ints
    test: Ints
    day: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Split:
    """The folds of one validation; `over_time` says that each judged day lies after all that was learned for it."""

    folds: tuple[Fold, ...]
    over_time: bool

    @property
    def judged(self) -> Ints:
        """Places of the rows that are judged, ascending; none of them twice."""
        return np.sort(np.concatenate([fold.test for fold in self.folds]))

    def strata(self, day: Ints) -> Ints:
        """A code for each judged row, the same where model and day are: only such rows can be ranked among each other.

        `day` is that of every row of the examples the split was made of.
        """
        fold = np.full(len(day), -1, np.int64)
        for place, each in enumerate(self.folds):
            fold[each.test] = place
        days, number = np.unique(day, return_inverse=True)
        return np.asarray(fold * len(days) + number, np.int64)[self.judged]


def known_outcomes(examples: Examples) -> Flags:
    """Who left, or an error when nobody can know yet."""
    if examples.left is None:
        raise OkaeriError(
            _("Nobody can know yet who of these customers left."),
            advice=_("Learn from days that lie at least one horizon before the last day observed."),
        )
    return examples.left


def in_order(examples: Examples) -> Examples:
    """The same rows, customer by customer in an order made from what they say, features by their id."""
    return arranged(examples, order_of(examples))


def arranged(examples: Examples, order: Ints) -> Examples:
    """The rows in an order that keeps each customer's together, features by their id, customers by their first row."""
    found = examples.only(order)
    features = tuple(sorted(found.features, key=lambda feature: feature.id))
    numeric, labelled = ([f.id for f in features if f.labelled == wanted] for wanted in (False, True))
    return Examples(
        features=features,
        customer=_renumbered(found.customer),
        day=found.day,
        numbers={name: np.asarray(found.numbers[name], np.float64) for name in numeric},
        labels={name: found.labels[name] for name in labelled},
        left=found.left,
    )


def parts(examples: Examples, *, count: int, seed: int = SEED) -> Ints:
    """A part from 0 to count - 1 for each row: customers whole, leavers dealt as evenly as stayers.

    Expects rows as `in_order` leaves them.
    """
    left = known_outcomes(examples)
    starts, lengths = _customers(examples.customer)
    ever = np.maximum.reduceat(left.astype(np.int64), starts)
    rng = np.random.default_rng(seed)
    dealt = np.empty(len(starts), np.int64)
    for side in (0, 1):
        of_side = np.flatnonzero(ever == side)
        rounds = np.tile(np.arange(count), (-(-len(of_side) // count), 1))
        dealt[of_side] = rng.permuted(rounds, axis=1).ravel()[: len(of_side)]
    return np.repeat(dealt, lengths)


def customer_folds(examples: Examples, *, folds: int = FOLDS, seed: int = SEED) -> Split:
    """Folds in which no customer is on both sides."""
    part = parts(examples, count=folds, seed=seed)
    found = tuple(Fold(train=np.flatnonzero(part != k), test=np.flatnonzero(part == k)) for k in range(folds))
    return Split(folds=tuple(fold for fold in found if len(fold.test)), over_time=False)


def time_folds(examples: Examples, *, horizon_days: int, least: int, at_most: int = FOLDS) -> Split | None:
    """The latest days, each judged by a model of the rows whose horizon had ended by then; None when there are none.

    A day is judged when at least `least` customers left and `least` stayed before it; so many must be judged too. Rows
    whose horizon reaches past the judged day are left out of its learning: their outcome was not known then.
    """
    left = known_outcomes(examples)
    found: list[Fold] = []
    for day in np.unique(examples.day)[::-1][:at_most]:
        train = np.flatnonzero(examples.day + horizon_days <= day)
        if min(outcomes_of(examples.customer[train], left[train])) >= least:
            found.append(Fold(train=train, test=np.flatnonzero(examples.day == day), day=int(day)))
    split = Split(folds=tuple(found[::-1]), over_time=True) if found else None
    judged = split.judged if split else np.zeros(0, np.int64)
    return split if min(outcomes_of(examples.customer[judged], left[judged])) >= least else None


def some_rows(examples: Examples, *, at_most: int, seed: int = SEED) -> Ints:
    """Places of about `at_most` rows, or of all when there are no more: customers whole, leavers in their share."""
    shares = -(-len(examples) // at_most)
    return np.flatnonzero(parts(examples, count=shares, seed=seed) == 0)


def outcomes_of(customer: Ints, left: Flags) -> tuple[int, int]:
    """How many customers left on some row, and how many stayed on some row."""
    return len(np.unique(customer[left])), len(np.unique(customer[~left]))


def order_of(examples: Examples) -> Ints:
    """Places of the rows in the order of what they say; rows that say the same may stand either way."""
    left = np.zeros(len(examples), bool) if examples.left is None else examples.left
    day = np.unique(examples.day, return_inverse=True)[1]  # a calendar that begins elsewhere deals no other folds
    plain = _mixed(day.astype(np.uint64), left.astype(np.uint64))
    for name in sorted(examples.numbers):
        plain = _mixed(plain, _bits(np.asarray(examples.numbers[name], np.float64)))
    named = plain
    for name in sorted(examples.labels):
        by_name, by_use = _label_hashes(examples.labels[name], left)
        plain, named = _mixed(plain, by_use), _mixed(named, by_name)
    _codes, place = np.unique(examples.customer, return_inverse=True)
    whole = [_summed(rows, place)[place] for rows in (plain, named)]
    return np.lexsort((named, plain, examples.day, examples.customer, whole[1], whole[0]))


def _label_hashes(labels: Labels, left: Flags) -> tuple[_Hashes, _Hashes]:
    """A hash of each label's text, and one of how often it stands and how often for leavers: names may change."""
    levels, place = np.unique(labels.astype(str), return_inverse=True)
    texts = [int.from_bytes(hashlib.blake2b(str(level).encode(), digest_size=8).digest(), "big") for level in levels]
    uses = _mixed(np.bincount(place).astype(np.uint64), np.bincount(place, left).astype(np.uint64))
    return np.asarray(texts, np.uint64)[place], uses[place]


def _bits(values: Floats) -> _Hashes:
    plain = np.where(np.isnan(values), np.nan, values) + 0.0  # one zero, one "unknown"
    return plain.view(np.uint64)


def _mixed(first: _Hashes, second: _Hashes) -> _Hashes:
    """Two hashes as one. Source: the finaliser of SplitMix64, Steele, Lea and Flood (2014), OOPSLA."""
    mixed = first * np.uint64(0x9E3779B97F4A7C15) + second
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _summed(rows: _Hashes, place: Ints) -> _Hashes:
    total = np.zeros(int(place.max(initial=-1)) + 1, np.uint64)
    np.add.at(total, place, rows)
    return total


def _customers(customer: Ints) -> tuple[Ints, Ints]:
    """Where each customer's rows begin and how many there are, for rows that stand customer by customer."""
    starts = np.flatnonzero(np.append(True, customer[1:] != customer[:-1]))
    return starts, np.diff(np.append(starts, len(customer)))


def _renumbered(customer: Ints) -> Ints:
    """Customers numbered by their first row."""
    return np.cumsum(np.append(False, customer[1:] != customer[:-1])).astype(np.int64)

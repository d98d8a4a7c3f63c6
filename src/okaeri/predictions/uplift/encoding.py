"""Features of customers as one matrix of numbers, in a way that a later customer is read by the same rule.

Numbers are drawn in at their outermost hundredths, standardised and given bends; labels become one column each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.predictions.uplift.curves import Floats

_FEW_VALUES = 20
_KNOT_SHARES = (0.05, 0.35, 0.65, 0.95)
_BENT_FROM = 500
_RAREST_ROWS = 20
_RAREST_SHARE = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberColumn:
    """How a numeric feature is read; `gaps` tells whether an empty value is a column of its own.

    `knots`, in standardised units, bend its line: a restricted cubic spline has two columns fewer than knots besides.
    """

    name: str
    low: float
    high: float
    middle: float
    scale: float
    gaps: bool
    knots: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """How many columns it becomes."""
        return 1 + max(len(self.knots) - 2, 0) + self.gaps


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelColumn:
    """How a labelled feature is read: each of `levels` has a column, every other label has none."""

    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """The columns of a matrix, by the features' names, so that the order they are given in does not matter."""

    numbers: tuple[NumberColumn, ...]
    labels: tuple[LabelColumn, ...]

    @property
    def width(self) -> int:
        """How many columns the matrix has."""
        return sum(column.width for column in self.numbers) + sum(len(column.levels) for column in self.labels)

    def matrix(self, features: Mapping[str, ArrayLike]) -> Floats:
        """The features as numbers, shape (rows, width); raises `OkaeriError` when one is missing."""
        columns: list[Floats] = []
        for number in self.numbers:
            columns += _number_columns(number, _numeric(number.name, _given(features, number.name)))
        for label in self.labels:
            values = _texts(_given(features, label.name))
            columns += [(values == level).astype(np.float64) for level in label.levels]
        rows = len(np.asarray(next(iter(features.values())))) if features else 0
        return np.column_stack(columns) if columns else np.empty((rows, 0))

    def as_data(self) -> dict[str, Any]:
        """The rule as a JSON-ready mapping."""
        return asdict(self)

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> Encoding:
        """The rule that `as_data` gave."""
        return cls(
            numbers=tuple(NumberColumn(**{**each, "knots": tuple(each["knots"])}) for each in kept["numbers"]),
            labels=tuple(LabelColumn(name=each["name"], levels=tuple(each["levels"])) for each in kept["labels"]),
        )


def encoding_of(features: Mapping[str, ArrayLike]) -> Encoding:
    """Learn how to read features: arrays of numbers (NaN where nothing is known) or of texts, shape (customers,).

    >>> encoding_of({"visits": [1.0, 2.0, 3.0], "plan": ["a", "a", "b"]}).numbers[0].middle
    2.0
    """
    numbers: list[NumberColumn] = []
    labels: list[LabelColumn] = []
    for name in sorted(features):
        values = np.asarray(features[name])
        if values.dtype.kind in "biuf":
            numbers += _number_rule(name, values.astype(np.float64))
        else:
            labels.append(LabelColumn(name=name, levels=_levels(_texts(values))))
    return Encoding(numbers=tuple(numbers), labels=tuple(labels))


def _number_rule(name: str, values: Floats) -> Sequence[NumberColumn]:
    seen = values[np.isfinite(values)]
    if not len(seen):
        return ()
    few = len(np.unique(seen)) <= _FEW_VALUES
    low, high = (seen.min(), seen.max()) if few else np.quantile(seen, [0.01, 0.99])
    clipped = np.clip(seen, low, high)
    scale, gaps = float(clipped.std()), len(seen) < len(values)
    if scale <= 1e-12 * max(1.0, abs(float(clipped.mean()))) and not gaps:
        return ()  # what is the same for everybody tells nobody apart
    middle, unit = float(clipped.mean()), scale or 1.0
    return (
        NumberColumn(
            name=name,
            low=float(low),
            high=float(high),
            middle=middle,
            scale=unit,
            gaps=gaps,
            knots=_knots((clipped - middle) / unit),
        ),
    )


def _knots(standard: Floats) -> tuple[float, ...]:
    """Where a line may bend; nowhere when too few customers or too few different values would hold the bends."""
    if len(standard) < _BENT_FROM:
        return ()
    knots = np.unique(np.quantile(standard, _KNOT_SHARES))
    return tuple(knots.tolist()) if len(knots) == len(_KNOT_SHARES) else ()


def _number_columns(column: NumberColumn, values: Floats) -> list[Floats]:
    known = np.isfinite(values)
    drawn_in = np.clip(np.where(known, values, column.middle), column.low, column.high)
    standard = (drawn_in - column.middle) / column.scale
    lines = [standard, *_bends(standard, column.knots)]
    return [*(np.where(known, line, 0.0) for line in lines), *([(~known).astype(np.float64)] if column.gaps else [])]


def _bends(standard: Floats, knots: tuple[float, ...]) -> list[Floats]:
    """The columns of a restricted cubic spline besides the line itself.

    Source: Harrell (2015), "Regression Modeling Strategies", equation 2.25.
    """
    if not knots:
        return []
    *_others, before, last = knots
    width = (last - knots[0]) ** 2

    def cube(knot: float) -> Floats:
        cubed: Floats = np.maximum(standard - knot, 0.0) ** 3
        return cubed

    return [
        (cube(knot) - cube(before) * (last - knot) / (last - before) + cube(last) * (before - knot) / (last - before))
        / width
        for knot in knots[:-2]
    ]


def _levels(values: np.ndarray[Any, Any]) -> tuple[str, ...]:
    """The labels that get a column: common ones, but for the commonest, against which the others stand."""
    names, counts = np.unique(values, return_counts=True)
    least = min(_RAREST_ROWS, max(1, int(len(values) * _RAREST_SHARE)))
    base = names[np.argmax(counts)] if len(names) else ""
    return tuple(str(name) for name, count in zip(names, counts, strict=True) if count >= least and name != base)


def _numeric(name: str, values: np.ndarray[Any, Any]) -> Floats:
    if values.dtype.kind not in "biuf":
        raise OkaeriError(
            _("The feature {name} was numbers when the model learnt, and is text now.").format(name=name),
            advice=_("Give the same kind of values as the model learnt from."),
        )
    return values.astype(np.float64)


def _texts(values: ArrayLike) -> np.ndarray[Any, Any]:
    given = np.asarray(values)
    if given.dtype.kind == "U":
        return given
    return np.array(["" if value is None else str(value) for value in given.tolist()], dtype=np.str_)


def _given(features: Mapping[str, ArrayLike], name: str) -> np.ndarray[Any, Any]:
    if name not in features:
        raise unknown(_("feature"), name, list(features))
    return np.asarray(features[name])

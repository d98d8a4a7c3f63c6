"""One number as columns of a model: a straight part, bends over quantile knots, and whether it is known at all.

Every column has mean 0 over the rows it was made from, so those rows are what a contribution is measured against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from okaeri.predictions.churn.examples import Floats

_DEGREE = 3
_SKEWED = 1.0
_RANGE_PARTS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberColumns:
    """How one number becomes columns; beyond the outer knots a value counts as the outer knot.

    `unit` is None for a number taken as it is, else its sign times log(1 + |number| / unit) is taken, for skewed ones.
    `knots` holds only the two ends where there are no bends; `unknown` is the share of unknown rows, 0 where there
    were none.
    """

    id: str
    unit: float | None
    knots: tuple[float, ...]
    middle: float
    width: float
    unknown: float
    bends: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """How many columns."""
        return 1 + len(self.bends) + (self.unknown > 0)

    def columns(self, values: Floats) -> Floats:
        """Shape (rows, count): the straight part, the bends, the unknown."""
        known = ~np.isnan(values)
        place = np.clip(scaled(values[known], self.unit), self.knots[0], self.knots[-1])
        found = np.zeros((len(values), self.count))
        found[known, 0] = (place - self.middle) / self.width
        if self.bends and len(place):
            found[known, 1 : 1 + len(self.bends)] = spline_basis(place, self.knots) - np.asarray(self.bends)
        if self.unknown > 0:
            found[:, -1] = ~known - self.unknown
        return found

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> NumberColumns:
        """What `as_data` gave."""
        return cls(**{**data, "knots": tuple(data["knots"]), "bends": tuple(data["bends"])})


def number_columns(name: str, values: Floats, *, knots: int) -> NumberColumns | None:
    """The columns for a number with these values, bent at up to `knots` quantiles; None when it never varies."""
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    unknown = 1 - len(known) / len(values) if len(values) else 0.0
    if len(distinct) < 2:
        # a number that is always the same where it is known still says something by being known
        return _only_whether_known(name, distinct, unknown) if 0 < unknown < 1 else None
    unit = _unit(known)
    place = scaled(known, unit)
    ends = (float(place.min()), float(place.max()))
    width = ends[1] - ends[0] if len(distinct) == 2 else max(2 * float(place.std()), (ends[1] - ends[0]) / _RANGE_PARTS)
    at = _knots(place, knots) if len(distinct) > 2 and knots > 2 else ends
    bends = tuple(spline_basis(place, at).mean(axis=0).tolist()) if len(at) > 2 else ()
    return NumberColumns(
        id=name, unit=unit, knots=at, middle=float(place.mean()), width=width, unknown=unknown, bends=bends
    )


def scaled(values: Floats, unit: float | None) -> Floats:
    """The values as they are, or their signed logarithms.

    >>> scaled(np.array([0.0, 1.0, -1.0]), 1.0).round(3).tolist()
    [0.0, 0.693, -0.693]
    """
    return values if unit is None else np.sign(values) * np.log1p(np.abs(values) / unit)


def spline_basis(places: Floats, knots: tuple[float, ...]) -> Floats:
    """Cubic B-splines over the knots, shape (places, knots + 2); places lie within the outer knots.

    Source: de Boor (1978), A Practical Guide to Splines, chapter IX, with the outer knots repeated.

    >>> spline_basis(np.array([0.0, 1.0]), (0.0, 0.5, 1.0)).tolist()
    [[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]
    """
    from scipy.interpolate import BSpline  # heavy

    padded = np.concatenate([[knots[0]] * _DEGREE, knots, [knots[-1]] * _DEGREE])
    return np.asarray(BSpline.design_matrix(places, padded, _DEGREE).toarray())


def _only_whether_known(name: str, distinct: Floats, unknown: float) -> NumberColumns:
    only = float(distinct[0])
    return NumberColumns(id=name, unit=None, knots=(only, only), middle=only, width=1.0, unknown=unknown)


def _unit(known: Floats) -> float | None:
    """The typical size of a skewed number when its logarithm is less skewed; None for the others."""
    sizes = np.abs(known[known != 0])
    unit = float(np.median(sizes))
    plain, logged = abs(_skew(known)), abs(_skew(scaled(known, unit)))
    return unit if plain > _SKEWED and logged < plain and len(np.unique(known)) > 2 else None


def _skew(values: Floats) -> float:
    centred = values - values.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    return float(np.mean((centred / spread) ** 3)) if spread > 0 else 0.0


def _knots(place: Floats, count: int) -> tuple[float, ...]:
    """Quantiles of the rows; where many rows share a value, quantiles of the distinct values."""
    shares = np.linspace(0, 1, count)
    at = np.unique(np.quantile(place, shares))
    if len(at) < count:
        at = np.unique(np.quantile(np.unique(place), shares))
    return tuple(at.tolist())

"""Personas: customers of like ways, found by k-means and named by what stands out among their medians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.predictions.segments.clusters import best_k, by_chance, centres_of, nearest_to
from okaeri.predictions.segments.names import AND, HIGH, LOW, SAME, TYPICAL
from okaeri.predictions.segments.profiles import Profiles
from okaeri.predictions.segments.segmentation import Floats, Ints, Segmentation, nobody, segmented

FEWEST = 200
_SEARCHED = 20_000
_STANDS_OUT = 0.5
_MOST_TRAITS = 3
_FARTHEST = 3.0
_OUTER = 0.01


@dataclass(frozen=True, kw_only=True)
class PersonaModel:
    """Personas as they were found: later customers join them without a new search, so that names keep their meaning.

    `middle` and `scale` standardise each feature after its signed logarithm; `centres` has shape (labels, features).
    """

    features: tuple[str, ...]
    middle: Floats
    scale: Floats
    centres: Floats
    labels: tuple[str, ...]

    def assign(self, features: Mapping[str, ArrayLike]) -> NDArray[np.str_]:
        """The label of each customer, shape (customers,); what is not known of one counts as the middle."""
        return np.array(self.labels, np.str_)[nearest_to(self._points(features), self.centres)]

    def segmentation(
        self, features: Mapping[str, ArrayLike], *, customer: ArrayLike, as_of: date, currency: ArrayLike = ""
    ) -> Segmentation:
        """The customers by persona, the largest first, each with its medians; `currency` is that of their baskets."""
        label = self.assign(features)
        names, counts = np.unique(label, return_counts=True)
        return segmented(
            "persona",
            as_of=as_of,
            customer=np.asarray(customer, np.int64),
            label=label,
            features={name: np.asarray(features[name], np.float64) for name in self.features},
            order=tuple(str(name) for name in names[np.lexsort((names, -counts))]),
            currency=np.asarray(currency, np.str_),
        )

    def _points(self, features: Mapping[str, ArrayLike]) -> Floats:
        missing = [name for name in self.features if name not in features]
        if missing:
            raise unknown(_("feature"), missing[0], list(features))
        columns = np.stack([_even(np.asarray(features[name], np.float64)) for name in self.features], axis=1)
        return _standard(columns, self.middle, self.scale)

    def as_data(self) -> dict[str, Any]:
        """The personas as a JSON-ready mapping."""
        return {
            "features": list(self.features),
            "middle": self.middle.tolist(),
            "scale": self.scale.tolist(),
            "centres": self.centres.tolist(),
            "labels": list(self.labels),
        }

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> PersonaModel:
        """The personas that `as_data` gave."""
        arrays = {name: np.asarray(kept[name], np.float64) for name in ("middle", "scale", "centres")}
        return cls(features=tuple(kept["features"]), labels=tuple(kept["labels"]), **arrays)


def personas(profiles: Profiles, *, model: PersonaModel | None = None) -> Segmentation:
    """The persona of everybody who ever bought: by a model found earlier, or by a new search."""
    traits = profiles.traits()
    if model is None:
        model = fit_personas(traits, customer=profiles.customer) if len(profiles) >= FEWEST else None
    if model is None:
        reason = _("Not enough customers to tell personas apart: {n} of {needed}, or they are too much alike.")
        return nobody("persona", as_of=profiles.as_of, reason=reason.format(n=len(profiles), needed=FEWEST))
    return model.segmentation(traits, customer=profiles.customer, as_of=profiles.as_of, currency=profiles.currency)


def fit_personas(
    features: Mapping[str, ArrayLike], *, customer: ArrayLike, k: int | None = None
) -> PersonaModel | None:
    """Find personas among customers; None when there are under 200 of them or they do not differ in anything.

    Features are numbers of shape (customers,), NaN where nothing is known. The answer does not depend on the order of
    customers or features. `k` is settled by the customers themselves unless it is given. Of more than 20,000 customers
    as many are searched, drawn by their codes.
    """
    codes = np.asarray(customer, np.int64)
    if len(codes) < FEWEST:
        return None
    order = by_chance(codes)[:_SEARCHED]
    names, columns = _varied({name: np.asarray(features[name], np.float64)[order] for name in sorted(features)})
    if not names:
        return None
    middle, scale = _middle_and_scale(columns)
    points = _standard(columns, middle, scale)
    count = k or best_k(points, customer=codes[order])
    centres = centres_of(points, count)
    labels = _labels(names, points, nearest_to(points, centres), count)
    return PersonaModel(features=names, middle=middle, scale=scale, centres=centres, labels=labels)


def _varied(features: Mapping[str, Floats]) -> tuple[tuple[str, ...], Floats]:
    """The features in which customers differ, after their signed logarithm."""
    kept: dict[str, Floats] = {}
    for name, values in features.items():
        known = values[np.isfinite(values)]
        if len(known) and known.min() < known.max():
            kept[name] = _even(values)
    return tuple(kept), np.stack(list(kept.values()), axis=1) if kept else np.empty((0, 0))


def _even(values: Floats) -> Floats:
    """Amounts and counts on a scale on which the double is as far from the single as the half."""
    return np.sign(values) * np.log1p(np.abs(values))


def _middle_and_scale(columns: Floats) -> tuple[Floats, Floats]:
    """The median, and the spread without the outermost hundredths.

    Not the interquartile range: it is widest where customers fall into groups, and would hide the very groups.
    """
    low, middle, high = np.nanquantile(columns, [_OUTER, 0.5, 1 - _OUTER], axis=0)
    spread = np.nanstd(np.clip(columns, low, high), axis=0)
    return middle, np.where(spread > 0, spread, np.nanstd(columns, axis=0))


def _standard(columns: Floats, middle: Floats, scale: Floats) -> Floats:
    points = np.clip((columns - middle) / scale, -_FARTHEST, _FARTHEST)
    return np.where(np.isfinite(points), points, 0.0)


def _labels(names: tuple[str, ...], points: Floats, nearest: Ints, k: int) -> tuple[str, ...]:
    """A machine name per cluster from what stands out; clusters alike in all of it are told apart by number."""
    found = [_label(names, np.median(points[nearest == cluster], axis=0)) for cluster in range(k)]
    size = np.bincount(nearest, minlength=k)
    taken: dict[str, int] = {}
    labels = list(found)
    for cluster in sorted(range(k), key=lambda each: (-int(size[each]), tuple(points[nearest == each].mean(axis=0)))):
        taken[found[cluster]] = taken.get(found[cluster], 0) + 1
        if taken[found[cluster]] > 1:
            labels[cluster] = f"{found[cluster]}{SAME}{taken[found[cluster]]}"
    return tuple(labels)


def _label(names: tuple[str, ...], medians: Floats) -> str:
    ranked = sorted(range(len(names)), key=lambda place: (-abs(medians[place]), names[place]))
    telling = sorted(place for place in ranked[:_MOST_TRAITS] if abs(medians[place]) >= _STANDS_OUT)
    return AND.join(f"{HIGH if medians[place] > 0 else LOW}{names[place]}" for place in telling) or TYPICAL

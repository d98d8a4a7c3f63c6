"""Who the customers are that a treatment moves most: what tells them from the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predictions.uplift.curves import Flags, Floats
from okaeri.predictions.uplift.fitting import UpliftFit

_TELLING = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """A feature by which those moved most differ: its mean `among` them and `elsewhere`.

    For a `label` both are the share of customers who have it. `apart` is the difference in standard deviations.
    """

    feature: str
    label: str | None
    among: float
    elsewhere: float
    apart: float


def responders(fit: UpliftFit, features: Mapping[str, ArrayLike], *, share: float = 0.2) -> tuple[Contrast, ...]:
    """What tells the `share` of customers with the largest effects from the others, the most telling first.

    Empty without evidence that targeting beats random, for then nobody is known to be moved more than others.

    >>> rng = np.random.default_rng(1)
    >>> loyal, mailed = rng.random(4000) < 0.5, rng.random(4000) < 0.5
    >>> came = rng.random(4000) < 0.1 + 0.3 * (loyal & mailed)
    >>> from okaeri.predictions.uplift import Uplift
    >>> fit = Uplift(splits=2).fit({"loyal": loyal}, treated=mailed, outcome=came)
    >>> responders(fit, {"loyal": loyal})[0].feature
    'loyal'
    """
    if not fit.verdict.works:
        return ()
    effect = fit.effect(features)
    most = effect >= np.quantile(effect, 1 - share)
    if most.all():
        return ()
    found: list[Contrast] = []
    for name in sorted(features):
        values = np.asarray(features[name])
        if values.dtype.kind in "biuf":
            found += _contrast(name, None, values.astype(np.float64), most)
        else:
            texts = values.astype(np.str_)
            for label in np.unique(texts).tolist():
                found += _contrast(name, label, (texts == label).astype(np.float64), most)
    return tuple(sorted(found, key=lambda each: (-abs(each.apart), each.feature, each.label or "")))


def _contrast(name: str, label: str | None, values: Floats, most: Flags) -> list[Contrast]:
    known: NDArray[Any] = np.isfinite(values)
    if not (known & most).any() or not (known & ~most).any():
        return []
    among, elsewhere = float(values[known & most].mean()), float(values[known & ~most].mean())
    spread = float(values[known].std())
    apart = (among - elsewhere) / spread if spread else 0.0
    if abs(apart) < _TELLING:
        return []
    return [Contrast(feature=name, label=label, among=among, elsewhere=elsewhere, apart=apart)]

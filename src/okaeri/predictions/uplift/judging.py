"""Whether scores learnt on one half of the customers order the other half better than chance, and by which learner.

Half by half, many times over; the learner is chosen inside the half that learns, so choosing is judged as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.predictions.uplift.coins import coins
from okaeri.predictions.uplift.curves import Floats, QiniCurve, auuc, perfect_area, qini_area, qini_curve
from okaeri.predictions.uplift.estimates import Estimate
from okaeri.predictions.uplift.learners import KINDS, Kind, Sample, learn
from okaeri.predictions.uplift.resampling import DEPTHS, resampled

_INNER = 7_919
_CURVE = ("share", "gain", "gain_error")


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """One half judged by what the other half learnt; areas in outcomes per customer."""

    kind: Kind
    area: float
    area_error: float
    perfect: float
    auuc: float
    auuc_error: float
    gain: Floats
    gain_error: Floats


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Held-out figures over all splits. `qini` is None when no order of the customers could beat another.

    `gain` is the curve at `share` of the customers, in outcomes per customer, with its standard errors.
    """

    qini: Estimate | None
    auuc: Estimate
    share: Floats
    gain: Floats
    gain_error: Floats
    splits: int

    def as_data(self) -> dict[str, Any]:
        """The figures as a JSON-ready mapping."""
        return {
            "qini": self.qini.as_data() if self.qini else None,
            "auuc": self.auuc.as_data(),
            **{name: getattr(self, name).tolist() for name in _CURVE},
            "splits": self.splits,
        }

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> Judgement:
        """The figures that `as_data` gave."""
        return cls(
            qini=Estimate.from_data(kept["qini"]) if kept["qini"] else None,
            auuc=Estimate.from_data(kept["auuc"]),
            **{name: np.asarray(kept[name], np.float64) for name in _CURVE},
            splits=kept["splits"],
        )


def judged(sample: Sample, *, splits: int, seed: int) -> Judgement:
    """Split the customers in halves again and again, learn on each half and judge on the other.

    The mean over all splits varies at most half as much as one half's figure does: each term of its Hoeffding
    decomposition is averaged over which customers learn and which are judged. A few splits leave some of the rest, so
    the variance is (1 + 1/splits)/2 of one half's own. Source: Hoeffding (1948), Annals of Mathematical Statistics 19.
    """
    found = [part for split in range(splits) for part in _both_ways(sample, split, seed=seed)]
    shrink = np.sqrt((1 + 1 / splits) / 2)
    possible = all(part.perfect > 0 for part in found)
    scaled = [(part.area / part.perfect, part.area_error / part.perfect) for part in found] if possible else []
    return Judgement(
        qini=_mean(scaled, shrink, len(sample)) if possible else None,
        auuc=_mean([(part.auuc, part.auuc_error) for part in found], shrink, len(sample)),
        share=np.linspace(0, 1, DEPTHS + 1),
        gain=np.mean([part.gain for part in found], axis=0),
        gain_error=shrink * np.sqrt(np.mean([part.gain_error**2 for part in found], axis=0)),
        splits=splits,
    )


def choose(sample: Sample, *, splits: int) -> dict[Kind, float]:
    """The mean held-out Qini area of each learner, the best one first; equal ones in the order of `KINDS`."""
    areas: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
    for split in range(splits):
        half = coins(sample.code, _INNER + split)
        for test in (half, ~half):
            learning, there = sample.only(~test), sample.only(test)
            if learning.both_arms and there.both_arms:
                for kind in KINDS:
                    areas[kind].append(_area(learn(kind, learning).effect(there.matrix), there))
    means = {kind: float(np.mean(found)) if found else 0.0 for kind, found in areas.items()}
    return dict(sorted(means.items(), key=lambda item: -item[1]))


def best(found: Mapping[Kind, float]) -> Kind:
    """The learner that stands first."""
    return next(iter(found))


def _both_ways(sample: Sample, split: int, *, seed: int) -> list[HeldOut]:
    half = coins(sample.code, split)
    return [_held_out(sample.only(~test), sample.only(test), seed=seed + split) for test in (half, ~half)]


def _held_out(learning: Sample, there: Sample, *, seed: int) -> HeldOut:
    kind = best(choose(learning, splits=1))
    score = learn(kind, learning).effect(there.matrix)
    arms = there.treated, there.outcome
    spread = resampled(score, *arms, weight=there.weight, seed=seed)
    curve = qini_curve(score, *arms, weight=there.weight)
    return HeldOut(
        kind=kind,
        area=curve.area,
        area_error=spread.area,
        perfect=perfect_area(*arms, weight=there.weight),
        auuc=auuc(score, *arms, weight=there.weight),
        auuc_error=spread.auuc,
        gain=_at_depths(curve),
        gain_error=spread.curve,
    )


def _area(score: Floats, sample: Sample) -> float:
    return qini_area(score, sample.treated, sample.outcome, weight=sample.weight)


def _at_depths(curve: QiniCurve) -> Floats:
    return np.interp(np.linspace(0, 1, DEPTHS + 1), curve.share, curve.gain_per_customer)


def _mean(parts: Sequence[tuple[float, float]], shrink: float, n: int) -> Estimate:
    values, errors = np.array(parts).T
    error = float(shrink * np.sqrt((errors**2).mean()))
    return Estimate(value=float(values.mean()), error=error, n=n, method="bootstrap")

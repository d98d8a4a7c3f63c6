"""Three ways to learn how much a treatment moves each customer: one model, two models, doubly robust.

Source: Künzel et al. (2019), PNAS 116(10) for S and T; Kennedy (2023), Electronic Journal of Statistics 17(2) for DR.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from okaeri.predictions.uplift.coins import Codes, coins
from okaeri.predictions.uplift.curves import Flags, Floats
from okaeri.predictions.uplift.regressions import linear, logistic, ridge, sigmoid

Kind = Literal["s", "t", "dr"]
Ints = NDArray[np.int64]
KINDS: tuple[Kind, ...] = ("s", "t", "dr")
_NUISANCE = 1_000_003


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Customers to learn from: `matrix` (rows, columns), the other arrays (rows,).

    `propensity` is each one's chance of treatment; `code` is what the coins of cross-fitting are tossed by.
    """

    matrix: Floats
    treated: Flags
    outcome: Floats
    propensity: Floats
    code: Codes
    binary: bool

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def weight(self) -> Floats:
        """What each customer stands for when arms are compared: 1 where everybody had the same chance of treatment."""
        weights = 1 / np.where(self.treated, self.propensity, 1 - self.propensity)
        for arm in (self.treated, ~self.treated):
            weights[arm] /= weights[arm].mean()
        return weights

    @property
    def both_arms(self) -> bool:
        """Whether there are treated and untreated customers."""
        return bool(self.treated.any() and not self.treated.all())

    def only(self, keep: Flags | Ints) -> Sample:
        """The rows to keep, by flag or by place."""
        return Sample(
            matrix=self.matrix[keep],
            treated=self.treated[keep],
            outcome=self.outcome[keep],
            propensity=self.propensity[keep],
            code=self.code[keep],
            binary=self.binary,
        )


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """What a learner found: coefficients under treatment, without it, or of the effect itself (`dr`)."""

    kind: Kind
    binary: bool
    with_treatment: Floats
    without: Floats | None

    def effect(self, matrix: Floats) -> Floats:
        """The expected outcome with the treatment less that without it, shape (rows,)."""
        if self.without is None:
            return linear(matrix, self.with_treatment)
        return self._mean(matrix, self.with_treatment) - self._mean(matrix, self.without)

    def means(self, matrix: Floats) -> tuple[Floats, Floats]:
        """The expected outcomes with and without the treatment, of a learner that has both."""
        assert self.without is not None
        return self._mean(matrix, self.with_treatment), self._mean(matrix, self.without)

    def _mean(self, matrix: Floats, coefficients: Floats) -> Floats:
        score = linear(matrix, coefficients)
        return sigmoid(score) if self.binary else score

    def as_data(self) -> dict[str, Any]:
        """The coefficients as a JSON-ready mapping."""
        return {
            "kind": self.kind,
            "binary": self.binary,
            "with_treatment": self.with_treatment.tolist(),
            "without": None if self.without is None else self.without.tolist(),
        }

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> Learnt:
        """The coefficients that `as_data` gave."""
        without = kept["without"]
        return cls(
            kind=kept["kind"],
            binary=kept["binary"],
            with_treatment=np.asarray(kept["with_treatment"], np.float64),
            without=None if without is None else np.asarray(without, np.float64),
        )


def learn(kind: Kind, sample: Sample) -> Learnt:
    """Fit one learner; both arms must be there."""
    return {"s": _one_model, "t": _two_models, "dr": _doubly_robust}[kind](sample)


def pseudo_outcomes(sample: Sample) -> Floats:
    """What each customer says of the average effect: AIPW scores, each half judged by models of the other half.

    Their mean is the average effect even when the models are wrong, as long as the propensities are right.
    Source: Robins, Rotnitzky & Zhao (1994), JASA 89; Chernozhukov et al. (2018), Econometrics Journal 21(1).
    """
    found = np.empty(len(sample))
    half = coins(sample.code, _NUISANCE)
    for judged in (half, ~half):
        there = sample.only(judged)
        with_, without = _means(sample.only(~judged), there)
        chance = there.propensity
        found[judged] = (
            with_
            - without
            + there.treated / chance * (there.outcome - with_)
            - ~there.treated / (1 - chance) * (there.outcome - without)
        )
    return found


def _means(learning: Sample, judged: Sample) -> tuple[Floats, Floats]:
    if learning.both_arms:
        return _two_models(learning).means(judged.matrix)
    mean = np.full(len(judged), learning.outcome.mean() if len(learning) else 0.0)
    return mean, mean


def _regress(matrix: Floats, outcome: Floats, *, binary: bool) -> Floats:
    return logistic(matrix, outcome) if binary else ridge(matrix, outcome)


def _one_model(sample: Sample) -> Learnt:
    """One regression in which the treatment may matter more for some features than for others."""
    columns = sample.matrix.shape[1]
    sign = np.where(sample.treated, 0.5, -0.5)[:, None]
    found = _regress(np.hstack([sample.matrix, sign, sample.matrix * sign]), sample.outcome, binary=sample.binary)
    base, moved = found[: columns + 1], found[columns + 1 :]
    return Learnt(kind="s", binary=sample.binary, with_treatment=base + moved / 2, without=base - moved / 2)


def _two_models(sample: Sample) -> Learnt:
    """A regression of the treated and one of the others."""
    arms = [
        _regress(sample.matrix[arm], sample.outcome[arm], binary=sample.binary)
        for arm in (sample.treated, ~sample.treated)
    ]
    return Learnt(kind="t", binary=sample.binary, with_treatment=arms[0], without=arms[1])


def _doubly_robust(sample: Sample) -> Learnt:
    """A regression of the pseudo-outcomes, which are wrong only where both models and propensities are."""
    effect = ridge(sample.matrix, pseudo_outcomes(sample))
    return Learnt(kind="dr", binary=sample.binary, with_treatment=effect, without=None)

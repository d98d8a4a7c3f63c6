"""Whether a model's log-odds must be stretched or moved to come true, found on customers it has not learned from.

A straight line on the log-odds keeps what each feature adds to them exact, which a step function would not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from okaeri.base.differences import Difference
from okaeri.predictions.churn.examples import Flags, Floats, Ints
from okaeri.predictions.churn.folds import Split
from okaeri.predictions.churn.judging import log_losses, paired
from okaeri.predictions.churn.models.newton import fitted, once

_SLIGHT = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """Calibrated log-odds = `moved` + `stretched` · log-odds.

    Source: Platt (1999), on log-odds; Cox (1958), Biometrika 45(3/4).
    """

    moved: float = 0.0
    stretched: float = 1.0

    def __call__(self, log_odds: Floats) -> Floats:
        """The calibrated log-odds."""
        return self.moved + self.stretched * log_odds

    def as_data(self) -> dict[str, float]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Calibration:
        """What `as_data` gave."""
        return cls(**data)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Calibrated:
    """The line that was found, the log-odds as it would have made them out of fold, and what it gained in log-loss.

    The line is the plain one (0, 1) unless the gain is more than chance.
    """

    line: Calibration
    log_odds: Floats
    gain: Difference | None


def chances(log_odds: Floats) -> Floats:
    """Probabilities.

    >>> chances(np.array([0.0])).tolist()
    [0.5]
    """
    return np.asarray(np.exp(-np.logaddexp(0.0, -log_odds)))


def calibrated(log_odds: Floats, left: Flags, *, customer: Ints, split: Split | None) -> Calibrated:
    """Judge by `split` whether a line helps; without a split nobody can tell, and there is none."""
    plain = Calibrated(line=Calibration(), log_odds=log_odds, gain=None)
    if split is None:
        return plain
    tried = log_odds.copy()
    for fold in split.folds:
        tried[fold.test] = line_for(log_odds[fold.train], left[fold.train])(log_odds[fold.test])
    seen = split.judged
    before, after = (log_losses(left[seen], chances(odds[seen])) for odds in (log_odds, tried))
    gain = paired(before, after, customer=customer[seen])
    if gain.value <= 0 or not gain.distinguishable:
        return Calibrated(line=Calibration(), log_odds=log_odds, gain=gain)
    return Calibrated(line=line_for(log_odds, left), log_odds=tried, gain=gain)


def line_for(log_odds: Floats, left: Flags) -> Calibration:
    """The line under which these outcomes are most likely; the plain one where log-odds say nothing or the reverse."""
    spread = float(log_odds.std())
    if spread < _SLIGHT or not 0 < left.sum() < len(left):
        return Calibration()
    middle = float(log_odds.mean())
    found = fitted(once(((log_odds - middle) / spread)[:, None], left), penalty=_SLIGHT)
    stretched = float(found.slopes[0]) / spread
    if stretched <= 0:
        return Calibration()
    return Calibration(moved=float(found.levels[0]) - stretched * middle, stretched=stretched)

"""From histories to the parameters of a purchase model: scaled, compressed, searched, and told in the given unit.

The search itself is `fitting`'s work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from okaeri.predictions.clv.covariates import Design, Values, as_covariates
from okaeri.predictions.clv.fitting import maximise
from okaeri.predictions.clv.histories import Compressed, Floats, Histories, compress
from okaeri.predictions.clv.purchases import PurchaseFit

LogLikelihoods = Callable[[Compressed, Values], tuple[Floats, Values]]
"""From histories and parameters to each history's log-likelihood and its slope by the log of each parameter."""
# customers enough to find the way by, and to come close by
_SAMPLES = (1_000, 30_000)
_WORTH_IT = 1.5


def fit_purchases(
    fitted: type[PurchaseFit],
    log_likelihoods: LogLikelihoods,
    histories: Histories,
    *,
    timed: tuple[str, ...],
    starts: Sequence[Sequence[float]],
    covariates: ArrayLike | None = None,
    events: float = 1.0,
) -> dict[str, Any]:
    """Search a model's parameters and give all that its fit is made of.

    `timed` names the parameters that are times. `starts` are natural parameters for times between 0 and 10, which is
    what the histories are scaled to. Each purchase is the last of `events` that the likelihood has a density of.
    """
    known = as_covariates(covariates, len(histories))
    design = Design(names=fitted.NAMES, moved=fitted.MOVED, covariates=known.shape[1])
    whole = compress(histories, known)
    scale = whole.scale
    rows = whole.scaled(scale)
    samples = [rows.sample(size) for size in _SAMPLES if rows.customers > _WORTH_IT * size]
    rest = np.zeros(len(design.searched) - len(design.names))
    optimum = maximise(
        _Mean(log_likelihoods, rows, design),
        names=design.searched,
        starts=[np.r_[np.log(start), rest] for start in starts],
        customers=rows.customers,
        parts=[_Mean(log_likelihoods, sample, design) for sample in samples],
    )
    values = {
        name: float(np.exp(log)) * (scale if name in timed else 1.0)
        for name, log in zip(design.names, optimum.theta, strict=False)
    }
    errors = optimum.standard_errors({**dict.fromkeys(design.searched, 1.0), **values}, logged=design.names)
    bought = float(rows.count @ rows.frequency)
    return {
        **values,
        "log_likelihood": optimum.log_likelihood - events * bought * float(np.log(scale)),
        "customers": int(rows.customers),
        "standard_errors": {**errors, **dict.fromkeys(optimum.at_bound, math.nan)},
        "covariance": () if optimum.covariance is None else tuple(map(tuple, optimum.covariance.tolist())),
        "doubts": optimum.doubts,
        "coefficients": {name: tuple(found.tolist()) for name, found in design.coefficients(optimum.theta).items()},
    }


class _Mean:
    """The mean log-likelihood of histories at a searched point."""

    def __init__(self, log_likelihoods: LogLikelihoods, rows: Compressed, design: Design) -> None:
        self._of = log_likelihoods
        self._rows = rows
        self._design = design

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        rows = self._rows
        found, slopes = self._of(rows, self._design.values(theta, rows.covariates))
        return float(rows.count @ found) / rows.customers, self._design.gradient(slopes, rows.count, rows.covariates)

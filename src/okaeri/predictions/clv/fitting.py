"""Maximum likelihood: several starts, exact gradients, and a plain word on how it went.

Newton's steps, with a curvature that learns from each of them (BFGS), kept inside bounds. Nothing here knows a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from okaeri.base.text import Text, _

Floats = NDArray[np.float64]
_LOG_BOUND = 9.0
_NEAR_BOUND = 1e-3
# the mean log-likelihood that the next step would still gain: while looking around, at the end, and to be believed
_ROUGHLY, _SETTLED, _BELIEVED = 1e-5, 1e-13, 1e-9
_STEPS = 200
_FORGET = 8
_ONE_TOP = 0.5
_LONGEST_STEP = 1.5
_HALVINGS = 30
_NOISE = 1e-12
_NUDGE = 1e-6
_WEAKEST = 1e-9
_FLAT = 1e-8


class Likelihood(Protocol):
    """A mean log-likelihood and its gradient at the point `theta`; both per customer."""

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        """Value and gradient; a value of -inf where the model is impossible."""


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """Where the search ended; `theta` and `covariance` are on the searched scale, one place per name.

    `at_bound` names the parameters that ran to the end of what is searched, where a model turns into a simpler one;
    `covariance` is None when the likelihood is flat there. `doubts` says in words whatever is not as it should be.
    """

    names: tuple[str, ...]
    theta: Floats
    log_likelihood: float
    covariance: Floats | None
    converged: bool
    at_bound: tuple[str, ...]
    evaluations: int

    @property
    def doubts(self) -> tuple[Text, ...]:
        """What a reader must know before trusting the fit; empty when all is well."""
        found = []
        if not self.converged:
            found.append(_("The search for the best parameters did not converge; the figures are unreliable."))
        found += [
            _("{name} ran to the edge of what is searched: these customers do not tell it apart from a simpler model.")
            .format(name=name)
            for name in self.at_bound
        ]  # fmt: skip
        if self.covariance is None:
            found.append(_("The likelihood is flat at its best, so there are no standard errors."))
        return tuple(found)

    def standard_errors(self, values: Mapping[str, float], *, logged: Sequence[str]) -> dict[str, float]:
        """Standard errors of natural parameters by the delta method; NaN without a covariance.

        `values` holds the natural parameters, `logged` names those that were searched as logarithms.
        """
        if self.covariance is None:
            return dict.fromkeys(values, float("nan"))
        spread = np.sqrt(np.diag(self.covariance))
        return {
            name: float(spread[place] * (abs(values[name]) if name in logged else 1.0))
            for place, name in enumerate(self.names)
        }


def maximise(
    likelihood: Likelihood,
    *,
    names: Sequence[str],
    starts: Sequence[Sequence[float]],
    customers: float,
    parts: Sequence[Likelihood] = (),
    bounds: Sequence[tuple[float, float]] | None = None,
) -> Optimum:
    """Climb from every start, go on from each top that is found, and say how it ended at the highest.

    The starts are points on the searched scale. `parts` are likelihoods of larger and larger samples: the way up is
    found on the first of them, and each leaves less to do for the next. `customers` turns the mean into a sum.
    """
    search = _Search(bounds or [(-_LOG_BOUND, _LOG_BOUND)] * len(names))
    known, *larger = (*parts, likelihood)
    tops = [search.climb(known, np.asarray(start, np.float64), until=_ROUGHLY) for start in starts]
    for each in larger or (likelihood,):
        curves = ((top, search.curve(known, top, known(top)[1])) for top in _apart(tops))
        tops = [search.climb(each, top, until=_SETTLED, curve=curve) for top, curve in curves]
        known = each
    return search.optimum(likelihood, _apart(tops)[0], names=names, customers=customers)


class _Search:
    """One search: its bounds, and how often it asked."""

    def __init__(self, bounds: Sequence[tuple[float, float]]) -> None:
        self.low, self.high = np.asarray(bounds, np.float64).T
        self.evaluations = 0

    def ask(self, likelihood: Likelihood, theta: Floats) -> tuple[float, Floats]:
        self.evaluations += 1
        return likelihood(theta)

    def climb(
        self, likelihood: Likelihood, start: Floats, *, until: float, curve: Floats | None = None
    ) -> tuple[Floats, float]:
        """From one point to the top near it: where, and how high when last seen."""
        theta = np.clip(start, self.low, self.high)
        value, slope = self.ask(likelihood, theta)
        curve = self.curve(likelihood, theta, slope) if curve is None else curve
        for count in range(1, _STEPS):
            free = self._free(theta, slope)
            step = np.zeros(len(theta))
            step[free] = _uphill(curve[np.ix_(free, free)], slope[free])
            ahead = float(slope @ step) / 2
            step *= min(1.0, _LONGEST_STEP / max(np.abs(step).max(), 1e-300))
            if ahead < until:
                return np.clip(theta + step, self.low, self.high), value
            found = self._forward(likelihood, theta, step, value)
            if found is None:
                break
            moved, value, new_slope = found
            curve = _learnt(curve, moved - theta, slope - new_slope)
            theta, slope = moved, new_slope
            if count % _FORGET == 0:
                curve = self.curve(likelihood, theta, slope)
        return theta, value

    def curve(self, likelihood: Likelihood, theta: Floats, slope: Floats) -> Floats:
        """Minus the second derivatives, by differences of the exact gradient; `slope` is the gradient at `theta`."""
        curve = np.empty((len(theta), len(theta)))
        for place, row in enumerate(curve):
            moved = theta.copy()
            moved[place] += _NUDGE
            row[:] = (slope - self.ask(likelihood, moved)[1]) / _NUDGE
        return (curve + curve.T) / 2

    def optimum(self, likelihood: Likelihood, theta: Floats, *, names: Sequence[str], customers: float) -> Optimum:
        """What is true at the top."""
        value, slope = self.ask(likelihood, theta)
        curve = self.curve(likelihood, theta, slope)
        free = (theta - self.low >= _NEAR_BOUND) & (self.high - theta >= _NEAR_BOUND)
        ahead = float(slope[free] @ _uphill(curve[np.ix_(free, free)], slope[free])) / 2
        return Optimum(
            names=tuple(names),
            theta=theta,
            log_likelihood=value * customers,
            covariance=_covariance(curve, free, customers),
            converged=ahead < _BELIEVED,
            at_bound=tuple(name for name, inside in zip(names, free, strict=True) if not inside),
            evaluations=self.evaluations,
        )

    def _free(self, theta: Floats, slope: Floats) -> NDArray[np.bool_]:
        """Places that can move the way they are drawn."""
        stuck: NDArray[np.bool_] = ((theta <= self.low) & (slope < 0)) | ((theta >= self.high) & (slope > 0))
        return ~stuck

    def _forward(
        self, likelihood: Likelihood, theta: Floats, step: Floats, value: float
    ) -> tuple[Floats, float, Floats] | None:
        """The step, or as much of it as goes up; None when nothing does."""
        for _halving in range(_HALVINGS):
            moved = np.clip(theta + step, self.low, self.high)
            found, slope = self.ask(likelihood, moved)
            if found >= value - _NOISE and np.isfinite(slope).all():
                return moved, found, slope
            step = step / 2
        return None


def _apart(tops: Sequence[tuple[Floats, float]]) -> list[Floats]:
    """The tops that are not one and the same, the highest first."""
    found: list[Floats] = []
    for theta, _value in sorted(tops, key=lambda top: -top[1]):
        if all(np.abs(theta - other).max() > _ONE_TOP for other in found):
            found.append(theta)
    return found


def _uphill(curve: Floats, slope: Floats) -> Floats:
    """Newton's step, with the curvature bent so that every direction leads up."""
    strengths, axes = np.linalg.eigh(curve)
    strengths = np.maximum(np.abs(strengths), _WEAKEST * max(np.abs(strengths).max(initial=0.0), 1e-12))
    uphill: Floats = axes @ ((axes.T @ slope) / strengths)
    return uphill


def _learnt(curve: Floats, step: Floats, fallen: Floats) -> Floats:
    """The curvature after a step over which the slope fell by so much (BFGS); itself where the surface bends up."""
    bent, along = float(step @ fallen), curve @ step
    old = float(step @ along)
    if bent <= 1e-10 * float(step @ step) or old <= 0:
        return curve
    return curve + np.outer(fallen, fallen) / bent - np.outer(along, along) / old


def _covariance(curve: Floats, free: NDArray[np.bool_], customers: float) -> Floats | None:
    """The inverse of the observed information; zero for those at a bound, None where the surface is flat."""
    inside = curve[np.ix_(free, free)]
    strengths = np.linalg.eigvalsh(inside)
    if not len(strengths) or not np.isfinite(strengths).all() or strengths[0] <= _FLAT * max(strengths[-1], 1.0):
        return None
    whole = np.zeros(curve.shape)
    whole[np.ix_(free, free)] = np.linalg.inv(inside) / customers
    return whole

"""What money ahead is worth today: yearly rates in any unit of time, and sums of what is still to come."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.predictions.clv.fitting import Floats

UNITS_PER_YEAR = {"days": 365.25, "weeks": 365.25 / 7, "months": 12.0, "years": 1.0}
# money so far ahead is worth nothing to a float: e^-36
_FADED = 36.0
# the nodes crowd towards today, where expectations bend most
_CROWDING = 50.0
# so many terms are summed one by one, and an integral stands for the rest
_SUMMED = 512
_NODES_REST = 40
_NODES = 8
_NODES_FAR = 24
_FAR = 3.0


def force_of(annual_discount: float, *, unit: str) -> float:
    """The continuous rate per `unit` ("days", "weeks", "months", "years") of a yearly discount.

    At 0.1, money a year ahead is worth 1 / 1.1 of the same money today. Raises `OkaeriError` for other units, and for a
    discount below zero.

    >>> round(force_of(0.1, unit="weeks") * 52.18, 4)
    0.0953
    """
    if unit not in UNITS_PER_YEAR:
        raise unknown(_("unit of time"), unit, tuple(UNITS_PER_YEAR))
    if not (math.isfinite(annual_discount) and annual_discount >= 0):
        raise OkaeriError(
            _("A yearly discount of {discount} cannot be.").format(discount=annual_discount),
            advice=_("Give a share of zero or more, such as 0.1 for ten percent a year."),
        )
    return math.log1p(annual_discount) / UNITS_PER_YEAR[unit]


def discounted(expected: Callable[[float], Floats], *, horizon: float, force: float) -> Floats:
    """All that is expected within `horizon`, each part worth e^(-force t) at its own time t ahead.

    `expected` gives what is expected in all within a time ahead. By parts, e^(-force H) E(H) plus the integral of
    force e^(-force t) E(t), by Gauss and Legendre on a logarithmic scale of time: no payment is moved to the middle or
    the end of a month, and far fewer expectations are asked than there are months. Raises `OkaeriError` for an endless
    horizon without discount.

    >>> discounted(lambda t: np.array([t]), horizon=10.0, force=0.1).round(4).tolist()  # 10 (1 - 1/e)
    [6.3212]
    """
    if not horizon >= 0 or (math.isinf(horizon) and force == 0):
        raise OkaeriError(
            _("A horizon of {horizon} cannot be valued at this discount.").format(horizon=horizon),
            advice=_("Give a time of zero or more; without an end it needs a discount above zero."),
        )
    if force == 0 or horizon == 0:
        return expected(horizon)
    end = min(horizon, _FADED / force)
    crowd = min(end, 1 / force) / _CROWDING
    nodes, weights = np.polynomial.legendre.leggauss(_NODES_FAR if force * end > _FAR else _NODES)
    half = math.log1p(end / crowd) / 2
    found = math.exp(-force * end) * expected(end)
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        at = crowd * math.expm1(half * (node + 1))
        found = found + weight * half * (at + crowd) * force * math.exp(-force * at) * expected(at)
    return found


def endless_sum(term: Callable[[float], Floats], *, force: float) -> Floats:
    """The sum of `term` at 1, 2, 3, …, for terms that change slowly and fade as e^(-force k) or faster.

    Far terms by Euler and Maclaurin: an integral from the middle of a step, over the logarithm of k, and its slope.

    >>> endless_sum(lambda ahead: np.array([1.001**-ahead]), force=np.log(1.001)).round(4).tolist()
    [1000.0]
    """
    steps = min(_SUMMED, math.ceil(_FADED / force))
    found = sum((term(float(ahead)) for ahead in range(1, steps + 1)), np.float64(0.0))
    if steps < _SUMMED:
        return np.asarray(found)
    first, last = steps + 0.5, steps + _FADED / force
    nodes, weights = np.polynomial.legendre.leggauss(_NODES_REST)
    half = math.log(last / first) / 2
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        at = first * math.exp(half * (node + 1))
        found = found + weight * half * at * term(at)
    return np.asarray(found + (term(first + 0.5) - term(first - 0.5)) / 24)

"""Qini and uplift curves of a score over customers some of whom were treated, and the areas below them.

How far chance moves the areas is in `resampling`; which scores deserve trust, in `judging`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class QiniCurve:
    """What treating the best-scored customers brings; every array has shape (points,), the first point is 0.

    `share` of the customers, best scores first; `gain` is the incremental outcome among the treated of that share
    (Yt − Yc·Nt/Nc); `uplift` is the difference of the arms' means times the number of customers. Customers of equal
    score come together, whatever their order.
    """

    share: Floats
    gain: Floats
    uplift: Floats
    customers: int
    treated: int

    @property
    def gain_per_customer(self) -> Floats:
        """The gain for each customer when all are treated who lie in the share; ends on the difference of means."""
        return self.gain / self.treated

    @property
    def area(self) -> float:
        """The area between the curve and the straight line of choosing at random, in outcomes per customer."""
        return float(_area(self.share, self.gain) - self.gain[-1] / 2) / self.customers


def qini_curve(
    score: ArrayLike, treated: ArrayLike, outcome: ArrayLike, *, weight: ArrayLike | None = None
) -> QiniCurve:
    """The curve over customers by falling score; arrays of shape (customers,), `weight` for unequal chances of an arm.

    Source: Radcliffe (2007), "Using control groups to target on predicted lift", with the controls scaled to the
    treated at every depth; the uplift curve is equation 13 of Gutierrez & Gérardy (2016), PMLR 67.

    >>> curve = qini_curve([4, 3, 2, 1], [1, 0, 1, 0], [1, 0, 0, 0])
    >>> curve.gain.tolist(), curve.share.tolist()
    ([0.0, 1.0, 1.0, 1.0, 1.0], [0.0, 0.25, 0.5, 0.75, 1.0])
    """
    scores, arm, made, weights = _checked(score, treated, outcome, weight)
    order = np.argsort(-scores, kind="stable")
    sorted_scores = scores[order]
    ends = np.append(np.flatnonzero(np.diff(sorted_scores)), len(order) - 1)
    own, other = weights[order] * arm[order], weights[order] * ~arm[order]
    sums = [np.cumsum(column)[ends] for column in (own, other, own * made[order], other * made[order])]
    gain, uplift = gains(*sums, reached=ends + 1.0)
    return QiniCurve(
        share=np.append(0.0, (ends + 1) / len(order)),
        gain=np.append(0.0, gain),
        uplift=np.append(0.0, uplift),
        customers=len(order),
        treated=int(arm.sum()),
    )


def gains(
    n_treated: Floats, n_control: Floats, y_treated: Floats, y_control: Floats, *, reached: Floats
) -> tuple[Floats, Floats]:
    """The heights of both curves from the arms' cumulated sizes and outcomes; an arm without anybody brings nothing."""
    control_mean = np.divide(y_control, n_control, out=np.zeros_like(y_control), where=n_control > 0)
    treated_mean = np.divide(y_treated, n_treated, out=np.zeros_like(y_treated), where=n_treated > 0)
    return y_treated - control_mean * n_treated, (treated_mean - control_mean) * reached


def qini_area(score: ArrayLike, treated: ArrayLike, outcome: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """The area between the Qini curve and random choice, in outcomes per customer; 0 for a score that says nothing.

    >>> qini_area([1, 1, 1, 1], [1, 0, 1, 0], [1, 0, 0, 0])
    0.0
    """
    return qini_curve(score, treated, outcome, weight=weight).area


def qini_coefficient(
    score: ArrayLike, treated: ArrayLike, outcome: ArrayLike, *, weight: ArrayLike | None = None
) -> float | None:
    """The Qini area as a share of the perfect curve's own: 1 is perfect, 0 random, below 0 worse than random.

    The perfect curve takes treated customers by falling outcome first and controls by rising outcome last, so it may
    fall again (negative effects are possible); this is the normalisation of scikit-uplift's `qini_auc_score`, after
    Radcliffe (2007). None where nobody had an outcome, so that no order is better than another.

    >>> round(qini_coefficient([4, 3, 2, 1], [1, 0, 1, 0], [1, 0, 0, 0]), 3)
    1.0
    """
    perfect = perfect_area(treated, outcome, weight=weight)
    return qini_area(score, treated, outcome, weight=weight) / perfect if perfect > 0 else None


def perfect_area(treated: ArrayLike, outcome: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """The Qini area of an order that knew every outcome, in outcomes per customer.

    >>> perfect_area([1, 0, 1, 0], [1, 0, 0, 0])
    0.09375
    """
    made = np.asarray(outcome, np.float64)
    return qini_area(np.where(np.asarray(treated, np.bool_), made, -made), treated, outcome, weight=weight)


def auuc(score: ArrayLike, treated: ArrayLike, outcome: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """The area under the uplift curve by share of customers, in outcomes per customer; random is half the effect.

    Not normalised. Source: Gutierrez & Gérardy (2016), PMLR 67, section 4.2.

    >>> auuc([4, 3, 2, 1], [1, 0, 1, 0], [1, 0, 0, 0])
    0.34375
    """
    curve = qini_curve(score, treated, outcome, weight=weight)
    return _area(curve.share, curve.uplift) / curve.customers


def _area(share: Floats, height: Floats) -> float:
    return float(np.trapezoid(height, share))


def _checked(
    score: ArrayLike, treated: ArrayLike, outcome: ArrayLike, weight: ArrayLike | None
) -> tuple[Floats, Flags, Floats, Floats]:
    scores, made = np.asarray(score, np.float64), np.asarray(outcome, np.float64)
    arm = np.asarray(treated).astype(np.bool_)
    weights = np.ones(len(scores)) if weight is None else np.asarray(weight, np.float64)
    if not (scores.shape == made.shape == arm.shape == weights.shape and scores.ndim == 1):
        raise OkaeriError(
            _("Score, treatment and outcome are not of one length."), advice=_("Give one value of each per customer.")
        )
    if not (np.isfinite(scores).all() and np.isfinite(made).all()):
        raise OkaeriError(
            _("A score or an outcome is missing or not finite."), advice=_("Leave customers without an outcome out.")
        )
    if arm.all() or not arm.any():
        raise OkaeriError(
            _("All customers are in one arm, so there is nothing to compare."),
            advice=_("Give customers who were treated and customers who were not."),
        )
    return scores, arm, made, weights

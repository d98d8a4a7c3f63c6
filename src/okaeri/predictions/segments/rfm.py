"""RFM: how lately, how often and for how much customers bought, in fifths, and ten groups with names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from okaeri.base.text import _
from okaeri.predictions.segments.names import RFM_NAMES
from okaeri.predictions.segments.profiles import Profiles
from okaeri.predictions.segments.segmentation import Floats, Ints, Labels, Segmentation, nobody, segmented

FEWEST = 20
_RARE, _MIDDLE, _OFTEN = (1, 2), (3,), (4, 5)
_GROUPS: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = (
    ("champions", (5,), _OFTEN),
    ("loyal", (3, 4), _OFTEN),
    ("potential_loyal", (4, 5), (2, 3)),
    ("new", (5,), (1,)),
    ("promising", (4,), (1,)),
    ("needs_attention", _MIDDLE, _MIDDLE),
    ("about_to_sleep", _MIDDLE, _RARE),
    ("cannot_lose", _RARE, (5,)),
    ("at_risk", _RARE, (3, 4)),
    ("hibernating", _RARE, _RARE),
)


def rfm(profiles: Profiles) -> Segmentation:
    """The RFM group of everybody who ever bought, by the score of lateness and the mean of the other two.

    The score of lateness is r and the mean of f and m, halves rounded up, the other; the ten groups cover all pairs.
    Source: the grid in common use since Hughes (1994), "Strategic Database Marketing".
    """
    if len(profiles) < FEWEST:
        reason = _("Not enough customers to divide: {n} of {needed}.").format(n=len(profiles), needed=FEWEST)
        return nobody("rfm", as_of=profiles.as_of, reason=reason)
    r, f, m = rfm_scores(profiles)
    label = _labels(r, (f + m + 1) // 2)
    features = {
        "days_since_last_order": profiles.days_since_last_order,
        "orders": profiles.orders,
        "revenue": profiles.revenue,
    }
    return segmented(
        "rfm",
        as_of=profiles.as_of,
        customer=profiles.customer,
        label=label,
        features=features,
        order=tuple(RFM_NAMES),
        currency=profiles.currency,
    )


def rfm_scores(profiles: Profiles) -> tuple[Ints, Ints, Ints]:
    """The scores r, f and m from 1 to 5, each of shape (customers,); equal values always have equal scores.

    r and m place equal values in the middle of the customers they tie with, f at their lower end, so that those who
    bought least often (mostly once) score 1 however many they are. Money is compared within each currency.
    """
    money = np.zeros(len(profiles), np.int64)
    for currency in np.unique(profiles.currency):
        mine = profiles.currency == currency
        money[mine] = fifths(profiles.revenue[mine])
    return fifths(-profiles.days_since_last_order), fifths(profiles.orders, ties=0.0), money


def fifths(values: Floats, *, parts: int = 5, ties: float = 0.5) -> Ints:
    """The part from 1 to `parts` each value lies in: by the share of values below it, and `ties` of its equals.

    >>> fifths(np.array([10.0, 20.0, 30.0, 40.0, 50.0])).tolist(), fifths(np.array([1.0, 1.0, 1.0, 9.0])).tolist()
    ([1, 2, 3, 4, 5], [2, 2, 2, 5])
    """
    _values, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    # in whole numbers, for a share that falls on a border must not depend on rounding
    share = (2 * below + np.int64(2 * ties) * counts) * parts // (2 * len(values))
    found: Ints = np.minimum(share + 1, parts).astype(np.int64)[place]
    return found


def _labels(r: Ints, fm: Ints) -> Labels:
    label: NDArray[np.str_] = np.full(len(r), "", dtype="<U16")
    for name, lately, often in _GROUPS:
        label[np.isin(r, lately) & np.isin(fm, often)] = name
    return label

"""How many purchases to expect of all customers together, period by period: by cohort, and from their histories.

Times are on one axis in the unit of the fit, such as weeks since the first day. What each purchase is worth is not
known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.predictions.clv.covariates import as_covariates
from okaeri.predictions.clv.fitting import Floats
from okaeri.predictions.clv.histories import Histories, Ints, compress, once_each, unique
from okaeri.predictions.clv.purchases import PurchaseFit


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Purchases expected up to the end of each period; `cumulative` has shape (cohorts, periods).

    `cohorts` are the labels given, in order, or one "all"; `customers` counts who is in each.
    """

    ends: Floats
    cohorts: tuple[Any, ...]
    customers: tuple[int, ...]
    cumulative: Floats

    @property
    def by_period(self) -> Floats:
        """Purchases expected within each period, the first from the start on; shape (cohorts, periods)."""
        return np.diff(self.cumulative, axis=1, prepend=0.0)

    @property
    def total(self) -> Floats:
        """Purchases expected of all cohorts up to the end of each period; shape (periods,)."""
        return np.asarray(self.cumulative.sum(axis=0))


def repeat_purchases(
    fit: PurchaseFit,
    *,
    first_purchase: ArrayLike,
    ends: ArrayLike,
    cohort: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
) -> Forecast:
    """The repeat purchases to expect of customers known only by when they first bought, for a tracking plot.

    `first_purchase` (customers,) and `ends` (periods,) are times on one axis: somebody who first bought at b has had
    t − b to buy again by t. `cohort` (customers,) labels them. Source: Fader, Hardie & Lee (2005), Marketing Science
    24(2), the cumulative tracking plot. Raises `OkaeriError` for times that cannot be.

    >>> from okaeri.predictions.clv.bgnbd import BGNBDFit
    >>> fit = BGNBDFit(r=0.242595, alpha=4.413602, a=0.792920, b=2.425888)
    >>> repeat_purchases(fit, first_purchase=[0.0, 0.0, 7.0], ends=[7.0, 39.0]).total.round(3).tolist()
    [0.64, 3.434]
    """
    born = np.asarray(first_purchase, np.float64).ravel()
    known = as_covariates(covariates, len(born))
    if not len(born) or not np.isfinite(born).all():
        raise OkaeriError(
            _("A forecast needs the time of every customer's first purchase."),
            advice=_("Give at least one customer, and leave out those whose first purchase is not known."),
        )
    until = _ends(ends)
    members = _Members.of(cohort, len(born))
    rows, _kind, count = unique((members.place.astype(np.float64), born, *known.T))
    place = members.place[rows]
    cumulative = np.zeros((members.size, len(until)))
    for period, end in enumerate(until):
        lag = end - born[rows]
        seen = lag > 0

        def newcomers(lag: Floats, *columns: Floats) -> Floats:
            each = np.stack(columns, axis=1) if columns else None
            return fit.expected_purchases_of_newcomer(lag, covariates=each)

        if seen.any():
            expected = once_each(newcomers, lag[seen], *known[rows][seen].T)
            cumulative[:, period] = np.bincount(place[seen], count[seen] * expected, members.size)
    return members.forecast(until, cumulative)


def purchases_ahead(
    fit: PurchaseFit,
    *,
    ends: ArrayLike,
    frequency: ArrayLike,
    last_purchase: ArrayLike,
    age: ArrayLike,
    cohort: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
) -> Forecast:
    """The purchases to expect of customers with these histories from now to each of `ends`, times from now on.

    Histories are of shape (customers,), as for `PurchaseFit.expected_purchases`; `cohort` (customers,) labels them.

    >>> from okaeri.predictions.clv.bgnbd import BGNBDFit
    >>> fit = BGNBDFit(r=0.242595, alpha=4.413602, a=0.792920, b=2.425888)
    >>> ahead = purchases_ahead(fit, ends=[13, 39], frequency=[2, 0], last_purchase=[30.43, 0], age=38.86)
    >>> ahead.by_period.round(3).tolist()
    [[0.527, 0.894]]
    """
    histories = Histories.of(frequency, last_purchase, age)
    known = as_covariates(covariates, len(histories))
    until = _ends(ends)
    members = _Members.of(cohort, len(histories))
    cumulative = np.zeros((members.size, len(until)))
    for place in range(members.size):
        inside = members.place == place
        mine = Histories(
            frequency=histories.frequency[inside],
            last_purchase=histories.last_purchase[inside],
            age=histories.age[inside],
        )
        rows = compress(mine, known[inside])
        for period, end in enumerate(until):
            expected = fit.expected_purchases(
                end,
                frequency=rows.frequency,
                last_purchase=rows.last_purchase,
                age=rows.age,
                covariates=rows.covariates if known.shape[1] else None,
            )
            cumulative[place, period] = rows.count @ expected
    return members.forecast(until, cumulative)


@dataclass(frozen=True, kw_only=True)
class _Members:
    """Who is in which cohort: the `place` of each customer's label among the sorted ones."""

    labels: Sequence[Any]
    place: Ints

    @classmethod
    def of(cls, cohort: ArrayLike | None, customers: int) -> _Members:
        if cohort is None:
            return cls(labels=("all",), place=np.zeros(customers, np.int64))
        given = np.asarray(cohort).ravel()
        if len(given) != customers:
            raise OkaeriError(
                _("There are {labels} cohort labels for {customers} customers.").format(
                    labels=len(given), customers=customers
                ),
                advice=_("Give one label per customer, in the same order."),
            )
        labels, place = np.unique(given, return_inverse=True)
        return cls(labels=labels.tolist(), place=place.astype(np.int64))

    @property
    def size(self) -> int:
        return len(self.labels)

    def forecast(self, ends: Floats, cumulative: Floats) -> Forecast:
        customers = np.bincount(self.place, minlength=self.size).tolist()
        return Forecast(ends=ends, cohorts=tuple(self.labels), customers=tuple(customers), cumulative=cumulative)


def _ends(given: ArrayLike) -> Floats:
    ends = np.atleast_1d(np.asarray(given, np.float64))
    if ends.ndim > 1 or not ends.size or not np.isfinite(ends).all() or (np.diff(ends) <= 0).any():
        raise OkaeriError(
            _("The ends of the periods are not times that follow each other."),
            advice=_("Give at least one time, each later than the one before."),
        )
    return ends

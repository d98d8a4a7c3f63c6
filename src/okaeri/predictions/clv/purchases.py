"""What every fitted model of repeat buying can be asked. A model itself gives a few formulas for customers still alive.

How its parameters are found is `learning`'s work.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.predictions.clv.covariates import Values, as_covariates, moved_by
from okaeri.predictions.clv.discounting import discounted
from okaeri.predictions.clv.fitted import Fitted
from okaeri.predictions.clv.histories import Floats, Histories, Number, once_each

Formula = Callable[[Histories, Values], Floats]
# numbers worked on at one time, so that millions of customers fit into memory
_CELLS = 1_000_000
_FEW = 8
_MOST_PURCHASES = 100_000


@dataclass(frozen=True, kw_only=True)
class PurchaseFit(Fitted, ABC):
    """A model fitted to histories, or with parameters known from elsewhere; times are in the unit of those histories.

    `standard_errors` has one per parameter, NaN where there is none; `doubts` tells what was not as it should be.
    `coefficients` has what each covariate does to each parameter it moves, on the log scale; where there are some,
    each question needs the customers' covariates too. `covariance` is that of the parameters' logarithms and the
    coefficients, in the order of `standard_errors`.
    """

    MODEL: ClassVar[str]
    MOVED: ClassVar[Mapping[str, float]]

    coefficients: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The fit as values that JSON can hold, with the model's name; `from_data` gives it back."""
        return {"model": self.MODEL, **super().as_data()}

    def p_alive(
        self, *, frequency: ArrayLike, last_purchase: ArrayLike, age: ArrayLike, covariates: ArrayLike | None = None
    ) -> Floats:
        """The probability that each customer is still one, given their history; shape (customers,)."""
        return self._ask(self._p_alive, frequency, last_purchase, age, covariates)

    def expected_purchases(
        self,
        horizon: float,
        *,
        frequency: ArrayLike,
        last_purchase: ArrayLike,
        age: ArrayLike,
        covariates: ArrayLike | None = None,
    ) -> Floats:
        """How many purchases to expect of each customer within `horizon` after their age; shape (customers,)."""
        ahead = _checked(horizon)

        def formula(histories: Histories, values: Values) -> Floats:
            return self._p_alive(histories, values) * self._expected(ahead, histories, values)

        return self._ask(formula, frequency, last_purchase, age, covariates)

    def discounted_purchases(
        self,
        horizon: float,
        *,
        force: float,
        frequency: ArrayLike,
        last_purchase: ArrayLike,
        age: ArrayLike,
        covariates: ArrayLike | None = None,
    ) -> Floats:
        """The same with each purchase worth e^(-force t) at its time t ahead; `horizon` may be infinite (DERT)."""

        def if_alive(histories: Histories, values: Values) -> Floats:
            return discounted(lambda ahead: self._expected(ahead, histories, values), horizon=horizon, force=force)

        alive = self.p_alive(frequency=frequency, last_purchase=last_purchase, age=age, covariates=covariates)
        # without the time of the last purchase far fewer histories are different
        latest = np.where(np.asarray(frequency) > 0, np.asarray(age, np.float64), 0.0)
        return alive * self._ask(if_alive, frequency, latest if self._memoryless else last_purchase, age, covariates)

    def purchase_variance(
        self,
        horizon: float,
        *,
        frequency: ArrayLike,
        last_purchase: ArrayLike,
        age: ArrayLike,
        covariates: ArrayLike | None = None,
    ) -> Floats:
        """The variance of each customer's number of purchases within `horizon` after their age; shape (customers,)."""
        ahead = _checked(horizon)

        def formula(histories: Histories, values: Values) -> Floats:
            alive = self._p_alive(histories, values)
            mean = alive * self._expected(ahead, histories, values)
            return alive * self._pairs(ahead, histories, values) + mean * (1 - mean)

        return self._ask(formula, frequency, last_purchase, age, covariates)

    def expected_purchases_of_newcomer(self, horizon: ArrayLike, *, covariates: ArrayLike | None = None) -> Floats:
        """How many repeat purchases to expect within each `horizon` after a first purchase; shape of `horizon`."""
        ahead = _checked(np.atleast_1d(np.asarray(horizon, np.float64)))
        zeros = np.zeros(np.shape(ahead)).ravel()
        nobody = Histories(frequency=zeros, last_purchase=zeros, age=zeros)
        values = self._values(self._covariates(covariates, len(zeros)))
        expected = self._p_alive(nobody, values) * self._expected(np.ravel(ahead), nobody, values)
        return expected.reshape(np.shape(horizon))

    def purchase_probability(
        self,
        purchases: int,
        horizon: float,
        *,
        frequency: ArrayLike = 0,
        last_purchase: ArrayLike = 0,
        age: ArrayLike = 0,
        covariates: ArrayLike | None = None,
    ) -> Floats:
        """The probability of exactly `purchases` within `horizon` after each customer's age; shape (customers,).

        Without a history it is that of somebody who has now bought for the first time.
        """
        found = self.purchase_distribution(
            purchases, horizon, frequency=frequency, last_purchase=last_purchase, age=age, covariates=covariates
        )
        last: Floats = found[..., -1]
        return last

    def purchase_distribution(
        self,
        up_to: int,
        horizon: float,
        *,
        frequency: ArrayLike = 0,
        last_purchase: ArrayLike = 0,
        age: ArrayLike = 0,
        covariates: ArrayLike | None = None,
    ) -> Floats:
        """The probabilities of 0, 1, … `up_to` purchases within `horizon` after each age; shape (customers, up_to + 1).

        Without a history they are those of somebody who has now bought for the first time.
        """
        ahead, most = _checked(horizon), _counted(up_to)

        def formula(histories: Histories, values: Values) -> Floats:
            alive = self._p_alive(histories, values)[:, None]
            found = alive * self._distribution(most, ahead, histories, values)
            found[:, :1] += 1 - alive
            return found

        return self._ask(formula, frequency, last_purchase, age, covariates, counts=most + 1)

    def purchase_quantile(
        self,
        share: float,
        horizon: float,
        *,
        frequency: ArrayLike = 0,
        last_purchase: ArrayLike = 0,
        age: ArrayLike = 0,
        covariates: ArrayLike | None = None,
    ) -> Floats:
        """The smallest number of purchases that is not exceeded with probability `share`; shape (customers,).

        The 0.1 and 0.9 quantiles bound what at least 8 of 10 such customers will buy within `horizon`.
        """
        if not 0 <= share < 1:
            raise OkaeriError(
                _("A quantile of {share} cannot be found.").format(share=share),
                advice=_("Give a share from 0 to below 1, such as 0.9."),
            )
        ahead = _checked(horizon)

        def formula(histories: Histories, values: Values) -> Floats:
            return self._quantile(share, ahead, histories, values)

        return self._ask(formula, frequency, last_purchase, age, covariates)

    def _quantile(self, share: float, horizon: Number, histories: Histories, values: Values) -> Floats:
        """By distributions of more and more purchases for those who need them."""
        found, open_, most = np.zeros(len(histories)), np.arange(len(histories)), 7
        while len(open_):
            rows, own = histories.only(open_), _only(values, open_)
            alive = self._p_alive(rows, own)[:, None]
            below = 1 - alive + alive * np.cumsum(self._distribution(most, horizon, rows, own), axis=1)
            found[open_] = (below < share).sum(axis=1)
            open_ = open_[(below[:, -1] < share) & (most < _MOST_PURCHASES)]
            most = 2 * most + 1
        return found

    def _ask(
        self,
        formula: Formula,
        frequency: ArrayLike,
        last_purchase: ArrayLike,
        age: ArrayLike,
        covariates: ArrayLike | None,
        *,
        counts: int = _FEW,
    ) -> Floats:
        """A formula's answer for each customer: once for equal histories, and for so many at one time."""
        histories = Histories.of(frequency, last_purchase, age)
        shape = histories.frequency.shape
        known = self._covariates(covariates, histories.frequency.size)
        size = max(1, _CELLS // (counts * self._depth))

        def of_rows(x: Floats, t_x: Floats, age: Floats, *covariates: Floats) -> Floats:
            rows = Histories(frequency=x, last_purchase=t_x, age=age)
            values = self._values(np.stack(covariates, axis=1) if covariates else np.empty((len(x), 0)))
            parts = [np.arange(begin, min(begin + size, len(x))) for begin in range(0, len(x), size)]
            return np.concatenate([formula(rows.only(part), _only(values, part)) for part in parts])

        columns = (histories.frequency, histories.last_purchase, histories.age)
        found = once_each(of_rows, *(column.ravel() for column in columns), *known.T)
        return found.reshape(*shape, *found.shape[1:])

    def _covariates(self, given: ArrayLike | None, customers: int) -> Floats:
        return as_covariates(given, customers, len(next(iter(self.coefficients.values()), ())))

    def _values(self, covariates: Floats) -> Values:
        return moved_by(self.parameters, self.coefficients, covariates, signs=self.MOVED)

    @property
    def _depth(self) -> int:
        """Numbers worked on for one customer and one count of purchases."""
        return 1

    @property
    def _memoryless(self) -> bool:
        """Whether the time of the last purchase tells nothing more of somebody known to be alive."""
        return True

    @abstractmethod
    def _p_alive(self, histories: Histories, values: Values) -> Floats: ...

    @abstractmethod
    def _expected(self, horizon: Number, histories: Histories, values: Values) -> Floats:
        """Purchases to expect of those alive."""

    @abstractmethod
    def _pairs(self, horizon: Number, histories: Histories, values: Values) -> Floats:
        """The expectation of N (N - 1) for the number N of purchases of those alive."""

    @abstractmethod
    def _distribution(self, up_to: int, horizon: Number, histories: Histories, values: Values) -> Floats:
        """The probabilities of 0 … `up_to` purchases of those alive; shape (customers, up_to + 1)."""


def _only(values: Values, rows: np.ndarray[Any, np.dtype[np.int64]]) -> Values:
    return {name: each[rows] if isinstance(each, np.ndarray) else each for name, each in values.items()}


def _checked(horizon: Number) -> Number:
    if not (np.isfinite(horizon) & (np.asarray(horizon) >= 0)).all():
        raise OkaeriError(
            _("Nobody can look ahead by {horizon}.").format(horizon=horizon),
            advice=_("Give a time of zero or more, in the unit of the histories."),
        )
    return horizon


def _counted(purchases: int) -> int:
    if not 0 <= purchases <= _MOST_PURCHASES:
        raise OkaeriError(
            _("{purchases} is no number of purchases.").format(purchases=purchases),
            advice=_("Give a whole number from 0 to {most}.").format(most=_MOST_PURCHASES),
        )
    return int(purchases)

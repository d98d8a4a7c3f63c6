"""Gamma-Gamma: what customers spend per purchase, when how much they spend says nothing about how often they buy.

Source: Fader, Hardie & Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis", Journal of
Marketing Research 42(4); the equations are those of Fader & Hardie (2013), "The Gamma-Gamma model of monetary value".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import z_score
from okaeri.base.text import Text, _
from okaeri.predictions.clv.fitted import Fitted, outcome
from okaeri.predictions.clv.fitting import Floats, maximise
from okaeri.predictions.clv.histories import Ints

# spending is scaled to a mean of 1 for the search
_STARTS = ((3.0, 3.0, 1.0), (1.0, 2.0, 1.0), (10.0, 10.0, 1.0))
_ROUGH = 2000
# a correlation below this is no reason to doubt, however surely it is there
_SLIGHT = 0.1


@dataclass(frozen=True, kw_only=True)
class GammaGamma:
    """The model before it has seen spending.

    >>> fit = GammaGamma().fit(frequency=[2, 1, 3, 1, 5, 2], mean_spend=[20.0, 35.5, 18.2, 60.0, 31.0, 12.0])
    >>> fit.customers
    6.0
    """

    def fit(self, *, frequency: ArrayLike, mean_spend: ArrayLike) -> GammaGammaFit:
        """The parameters under which these mean spends are most likely; both of shape (customers,).

        `frequency` is the number of purchases averaged, `mean_spend` their mean in one currency; the papers average
        those after the first, and whichever it is, ask later with the same. Customers without purchases tell nothing
        and are left out; so are those who spent nothing, which is then doubted. Raises `OkaeriError` for a row that
        cannot be, and where nobody is left.
        """
        x, mean = _checked(frequency, mean_spend)
        spent = (x > 0) & (mean > 0)
        if not spent.any():
            raise OkaeriError(
                _("Nobody here has spent anything, so spending cannot be learnt."),
                advice=_("Give customers with at least one paid purchase."),
            )
        fitted = _fit(x[spent], mean[spent])
        free = int(np.sum((x > 0) & (mean == 0)))
        return replace(fitted, doubts=(*fitted.doubts, *_doubts(fitted, free)))


@dataclass(frozen=True, kw_only=True)
class GammaGammaFit(Fitted):
    """Gamma-Gamma fitted: purchases are gamma with shape p, their scales gamma (q, gamma); gamma is money.

    `correlation` is Pearson's, of frequency and mean spend, and `correlation_range` its 95 % interval: the model takes
    both for unrelated. NaN where it is not known.

    >>> fit = GammaGammaFit(p=6.25, q=3.74, gamma=15.44)
    >>> fit.expected_spend(frequency=[0, 2], mean_spend=[0.0, 22.35]).round(2).tolist()
    [35.22, 24.66]
    """

    NAMES: ClassVar = ("p", "q", "gamma")

    p: float
    q: float
    gamma: float
    correlation: float = math.nan
    correlation_range: tuple[float, float] = (math.nan, math.nan)

    @property
    def mean_spend(self) -> float:
        """What a customer spends per purchase on average, equation 3; infinite when q is 1 or less."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else math.inf

    def expected_spend(self, *, frequency: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """What to expect each customer to spend per purchase, equation 5: between their own mean and everybody's.

        `frequency` is the number of purchases averaged; with 0 of them the mean spend is not looked at. Shape of both.
        """
        x, mean = _checked(frequency, mean_spend)
        behind = self.p * x + self.q - 1
        spent = x * np.where(x > 0, mean, 0.0)
        found: Floats = np.where(behind > 0, self.p * (self.gamma + spent) / np.where(behind > 0, behind, 1.0), np.inf)
        return found


def _checked(frequency: ArrayLike, mean_spend: ArrayLike) -> tuple[Floats, Floats]:
    x, mean = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (frequency, mean_spend)))
    rules: tuple[tuple[Floats, Text], ...] = (
        (~np.isfinite(x) | (x < 0) | (x != np.rint(x)), _("the frequency is not a whole number of purchases")),
        ((x > 0) & ~(np.isfinite(mean) & (mean >= 0)), _("the mean spend is not an amount of zero or more")),
    )
    for wrong, why in rules:
        if wrong.any():
            row = int(np.argmax(wrong))
            raise OkaeriError(
                _("Customer {row} has frequency {x} and mean spend {mean}: {why}.").format(
                    row=row, x=x.flat[row], mean=mean.flat[row], why=why
                ),
                advice=_("Average what each customer paid for the purchases that were counted, refunds taken out."),
            )
    return x, mean


def _fit(x: Floats, mean: Floats) -> GammaGammaFit:
    scale = float(x @ mean / x.sum())
    rows = _Spending.of(x, mean / scale)
    optimum = maximise(
        rows.likelihood,
        names=GammaGammaFit.NAMES,
        starts=np.log(_STARTS).tolist(),
        customers=rows.customers,
        parts=[rows.sample(_ROUGH).likelihood] if len(rows.spent) > _ROUGH else (),
    )
    p, q, gamma = np.exp(optimum.theta).tolist()
    correlation, low, high = _correlation(x, mean / scale)
    found = outcome(optimum, {"p": p, "q": q, "gamma": gamma * scale}, customers=rows.customers)
    found["log_likelihood"] -= rows.customers * math.log(scale)
    return GammaGammaFit(**found, correlation=correlation, correlation_range=(low, high))


@dataclass(frozen=True, kw_only=True)
class _Spending:
    """Equal rows put together: `count` customers share each; `level` is the place of a row's frequency in `levels`.

    By `levels`: how many customers have that frequency, and the sum of the logarithms of their mean spends.
    """

    spent: Floats
    count: Floats
    levels: Floats
    level: Ints
    customers_at: Floats
    logs_at: Floats

    @classmethod
    def of(cls, x: Floats, mean: Floats, count: Floats | None = None) -> _Spending:
        order = np.lexsort((mean, x))
        x, mean = x[order], mean[order]
        fresh = np.r_[True, (x[1:] != x[:-1]) | (mean[1:] != mean[:-1])]
        together = np.add.reduceat(np.ones(len(x)) if count is None else count[order], np.flatnonzero(fresh))
        levels, level = np.unique(x[fresh], return_inverse=True)
        return cls(
            spent=x[fresh] * mean[fresh],
            count=together,
            levels=levels,
            level=level,
            customers_at=np.bincount(level, together).astype(np.float64),
            logs_at=np.bincount(level, together * np.log(mean[fresh])).astype(np.float64),
        )

    @property
    def customers(self) -> float:
        return float(self.count.sum())

    def sample(self, size: int) -> _Spending:
        """Every k-th row, about `size` of them."""
        step = max(1, len(self.spent) // size)
        x = self.levels[self.level[::step]]
        return _Spending.of(x, self.spent[::step] / x, self.count[::step])

    def likelihood(self, theta: Floats) -> tuple[float, Floats]:
        """The mean of equation 1a and its slopes by log p, log q and log gamma.

        All but the last term depends on the frequency and on sums alone, so only that is computed for each row.
        """
        from scipy.special import gammaln, psi

        p, q, gamma = np.exp(theta)
        x, n = self.levels, self.customers_at
        shape, whole = p * x, gamma + self.spent
        logs = np.log(whole)
        logs_at = np.bincount(self.level, self.count * logs, len(x))
        back_at = np.bincount(self.level, self.count / whole, len(x))
        value = (
            n * (gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma) + shape * np.log(x))
            + (shape - 1) * self.logs_at
            - (shape + q) * logs_at
        )
        slope_p = x * (n * (psi(shape + q) - psi(shape) + np.log(x)) + self.logs_at - logs_at)
        slope_q = n * (psi(shape + q) - psi(q) + np.log(gamma)) - logs_at
        slope_gamma = n * q / gamma - (shape + q) * back_at
        slopes = np.array([p * slope_p.sum(), q * slope_q.sum(), gamma * slope_gamma.sum()])
        return float(value.sum()) / self.customers, slopes / self.customers


def _correlation(x: Floats, mean: Floats) -> tuple[float, float, float]:
    """Pearson's correlation and an interval that holds for skewed amounts too.

    Its error is that of its influence function, on Fisher's scale: a rank correlation would find the medians of means
    rise with the number averaged even where the model is true. NaN where one of the two does not vary.
    """
    if len(x) < 4 or np.ptp(x) == 0 or np.ptp(mean) == 0:
        return math.nan, math.nan, math.nan
    one, other = ((each - each.mean()) / each.std() for each in (x, mean))
    r = float(np.mean(one * other))
    if 1 - abs(r) < 1e-9:
        return r, r, r
    influence = one * other - r * (one**2 + other**2) / 2
    reach = z_score(0.95) * float(influence.std()) / math.sqrt(len(x)) / (1 - r**2)
    return r, math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)


def _doubts(fit: GammaGammaFit, free: int) -> list[Text]:
    found = []
    if fit.q <= 1:
        found.append(
            _("Spending differs so much between customers that its mean is infinite (q = {q:.2f}).").format(q=fit.q)
        )
    low, high = fit.correlation_range
    if abs(fit.correlation) >= _SLIGHT and (low > 0 or high < 0):
        found.append(
            _(
                "How often customers buy and what they spend per purchase go together "
                "(correlation {r:.2f}, 95% from {low:.2f} to {high:.2f}); the model takes them for unrelated."
            ).format(r=fit.correlation, low=low, high=high)
        )
    if free:
        found.append(
            _("Customers who bought and spent nothing ({n}) were left out when spending was learnt.").format(n=free)
        )
    return found

"""Trees that correct a forecast where past days show it to be off, used only where they have been of use.

They learn from windows that were over before the day they are tried on, so that nothing of the future is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.clv.backtest import Backtest
from okaeri.predictions.clv.summary import Floats, Summary
from okaeri.predictions.clv.totals import learn_level

NAME = "boosted"
LABEL = _("Trees that correct the mean of the chosen models")
_FEWEST_BUYERS = 200
_GAIN = 1.01
_ROUNDS = 80
_SETTINGS = {
    "objective": "poisson",
    "num_leaves": 7,
    "learning_rate": 0.05,
    "min_data_in_leaf": 100,
    "lambda_l2": 20.0,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
_LEAST = 1e-6


@dataclass(frozen=True, kw_only=True)
class Boosted:
    """Trees by their text; they say by what to multiply what was expected of a customer."""

    trees: str

    def factors(self, summary: Summary, expected: Floats, *, horizon_days: float) -> Floats:
        """What to multiply the expectations by; shape (customers,)."""
        import lightgbm  # heavy

        booster = lightgbm.Booster(model_str=self.trees)
        raw = booster.predict(_features(summary, expected, horizon_days), raw_score=True)
        return np.exp(np.clip(np.asarray(raw, np.float64), -3.0, 3.0))

    def as_data(self) -> dict[str, Any]:
        """The trees' text."""
        return {"trees": self.trees}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Boosted:
        """The trees that `as_data` described."""
        return cls(trees=data["trees"])


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of trying trees: they themselves and a backtest of what they say, or why they are not used.

    `rmse` is their error where they could be tried, `without` that of the forecast they correct.
    """

    boosted: Boosted | None = None
    backtest: Backtest | None = None
    rmse: float | None = None
    without: float | None = None
    why_not: Text | None = None


def learn_boosted(
    windows: Sequence[Summary], expected: Sequence[Floats], *, seed: int = 7, threads: int = 1
) -> Boosted:
    """Trees grown on past windows, starting from what was expected of each customer."""
    import lightgbm  # heavy

    rows = [_features(window, each, window.horizon_days) for window, each in zip(windows, expected, strict=True)]
    start = np.concatenate([np.log(np.maximum(each, _LEAST)) for each in expected])
    bought = np.concatenate([window.purchases for window in windows])
    # customers by their history, not by the place they happen to have
    order = np.lexsort([bought, *np.concatenate(rows).T])
    data = lightgbm.Dataset(np.concatenate(rows)[order], bought[order], init_score=start[order])
    settings = {**_SETTINGS, "seed": seed, "num_threads": threads}
    return Boosted(trees=lightgbm.train(settings, data, num_boost_round=_ROUNDS).model_to_string())


def try_boosted(tested: Backtest, names: Sequence[str]) -> Trial:
    """Grow trees on windows that were over, hold them against later ones, and keep them if they clearly missed by less.

    Both are compared with their totals corrected, as the final forecast's is.
    """
    expected = tested.mean_of(names) if names else ()
    days, length = tested.plan.days, tested.plan.window_days
    later = [(place, [p for p, day in enumerate(days) if day + length <= days[place]]) for place in range(len(days))]
    later = [(place, over) for place, over in later if over and _buyers(tested, over) >= _FEWEST_BUYERS]
    if len(later) < 2:
        return Trial(
            why_not=_("There are not enough past windows that were over before the next for trees to learn from.")
        )
    said = [_corrected(tested, expected, place, over) for place, over in later]
    places = [place for place, _over in later]
    only = _only(tested, places, said)
    gain, spread, squares = _gain(only, [expected[place] for place in places])
    rmse, without = (float(np.sqrt(each)) for each in squares)
    if gain <= spread or without < rmse * _GAIN:
        return Trial(rmse=rmse, without=without, why_not=_("Trees did not miss by clearly less on past days."))
    return Trial(boosted=learn_boosted(tested.windows, expected), backtest=only, rmse=rmse, without=without)


def _corrected(tested: Backtest, expected: Sequence[Floats], place: int, over: Sequence[int]) -> Floats:
    trees = learn_boosted([tested.windows[p] for p in over], [expected[p] for p in over])
    window = tested.windows[place]
    return expected[place] * trees.factors(window, expected[place], horizon_days=window.horizon_days)


def _only(tested: Backtest, places: Sequence[int], said: Sequence[Floats]) -> Backtest:
    return Backtest(
        plan=replace(tested.plan, days=tuple(tested.plan.days[place] for place in places)),
        windows=tuple(tested.windows[place] for place in places),
        expected={NAME: tuple(said)},
    )


def _gain(only: Backtest, without: Sequence[Floats]) -> tuple[float, float, tuple[float, float]]:
    """By how much the squared error falls, its standard error by customer, and both errors."""
    plain = Backtest(plan=only.plan, windows=only.windows, expected={"plain": tuple(without)})
    factors = [
        learn_level(
            each.log_ratios([name]), window_days=only.plan.window_days, independent=only.plan.independent
        ).factor
        for each, name in ((only, NAME), (plain, "plain"))
    ]
    customers = np.unique(np.concatenate([window.customer for window in only.windows]))
    falls, squares = np.zeros(len(customers)), np.zeros(2)
    for window, trees, before in zip(only.windows, only.expected[NAME], without, strict=True):
        errors = [
            (factor * each - window.purchases) ** 2 for factor, each in zip(factors, (trees, before), strict=True)
        ]
        falls[np.searchsorted(customers, window.customer)] += (errors[1] - errors[0]) / len(window)
        squares += [float(each.mean()) for each in errors]
    number = len(only.windows)
    spread = float(np.sqrt(len(falls) * np.var(falls))) / number
    return float(falls.sum()) / number, spread, (squares[0] / number, squares[1] / number)


def _buyers(tested: Backtest, places: Sequence[int]) -> int:
    return int(sum((tested.windows[place].purchases > 0).sum() for place in places))


def _features(summary: Summary, expected: Floats, horizon_days: float) -> Floats:
    return np.stack(
        [
            np.log(np.maximum(expected, _LEAST) / horizon_days),
            summary.frequency,
            summary.last_purchase,
            summary.age,
            summary.age - summary.last_purchase,
            summary.recent,
            summary.last_purchase / np.maximum(summary.frequency, 1),
        ],
        axis=1,
    )

"""How far past forecasts of all customers together were off: a correction of the level, and a range for the total.

Ranges of single customers are in `conformal`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.clv.summary import Floats

LEVEL = 0.9
# what is taken for granted before anything was seen: how far levels are off and how surely that is known (in windows),
# how far they are without any backtest, and how large a correction may plausibly be
_USUAL_ERROR = 0.12
_USUAL_WINDOWS = 3.0
_NO_BACKTEST = 0.25
_PLAUSIBLE = 0.3
_BENDS = np.linspace(0.7, 1.3, 13)


@dataclass(frozen=True, kw_only=True)
class Level:
    """What the backtests say of the total: multiply by `factor`; what is then still off has `spread` on the log scale.

    `degrees` of freedom tell how well the spread is known, `horizon_days` is that of the backtests, `origins` how many
    there were. Without any the spread is an assumption.
    """

    factor: float
    spread: float
    degrees: float
    horizon_days: float
    origins: int

    @property
    def backtested(self) -> bool:
        """Whether the range comes from backtests at all."""
        return self.origins > 0

    def range(self, total: float, variance: float, *, horizon_days: float, level: float = LEVEL) -> tuple[float, float]:
        """The range of a corrected total, of which the customers' own chance has this variance.

        What the past shows of windows of one length grows with the square root of the length beyond it.
        """
        from scipy.stats import t as student

        if total <= 0:
            return 0.0, 0.0
        longer = max(1.0, horizon_days / self.horizon_days) if self.horizon_days else 1.0
        spread = np.sqrt(self.spread**2 * longer + np.log1p(variance / total**2))
        reach = float(student.ppf((1 + level) / 2, self.degrees)) * spread
        return float(total * np.exp(-reach)), float(total * np.exp(reach))

    def as_data(self) -> dict[str, Any]:
        """All of it, as values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Level:
        """The level that `as_data` described."""
        return cls(**data)


UNTESTED = Level(factor=1.0, spread=_NO_BACKTEST, degrees=_USUAL_WINDOWS, horizon_days=0.0, origins=0)
UNTESTED_SAYS = _("There is not enough history for a backtested range; this one is the model's own, made wider.")


def origin_weights(origins: int) -> Floats:
    """How much each origin counts, oldest first: each half as much as the next, whose customers are more like today's.

    >>> origin_weights(3).round(3).tolist()
    [0.143, 0.286, 0.571]
    """
    weights: Floats = np.exp2(np.arange(origins, dtype=np.float64) - origins)
    return weights / float(weights.sum())


def learn_level(log_ratios: Floats, *, window_days: float, independent: float) -> Level:
    """The level from the logarithms of facts over forecasts, by origin, oldest first.

    The correction is drawn towards none the more the origins disagree, and the larger it is: half the sales more is
    rather a season than a level. The windows overlap, so that they count as `independent` ones only; with so few the
    spread is drawn to a usual one.
    """
    if not len(log_ratios):
        return UNTESTED
    latest = float(origin_weights(len(log_ratios)) @ log_ratios)
    shift = latest * _PLAUSIBLE**2 / (_PLAUSIBLE**2 + float(np.var(log_ratios)) + latest**2)
    off = float(np.mean((log_ratios - shift) ** 2))
    degrees = _USUAL_WINDOWS + independent
    spread = np.sqrt((_USUAL_WINDOWS * _USUAL_ERROR**2 + independent * off) / degrees)
    return Level(
        factor=float(np.exp(shift)),
        spread=float(spread),
        degrees=degrees,
        horizon_days=window_days,
        origins=len(log_ratios),
    )


def corrected(expected: Floats, *, factor: float, bend: float, count: Floats | None = None) -> Floats:
    """Expectations to the power `bend`, with their total `factor` times what it was; `count` customers have each.

    A bend above 1 sets those apart of whom much and little is expected, one below brings them together.

    >>> corrected(np.array([1.0, 3.0]), factor=1.5, bend=1.0).tolist()
    [1.5, 4.5]
    """
    weight = np.ones(len(expected)) if count is None else count
    powers = np.maximum(expected, 0.0) ** bend
    whole = float(weight @ powers)
    found: Floats = powers * (factor * float(weight @ expected) / whole if whole else 1.0)
    return found


def learn_bend(expected: Sequence[Floats], purchases: Sequence[Floats], *, factor: float) -> float:
    """Half the way to the bend with the least squared error on past days: what shifts with time is not to be chased."""

    def missed(bend: float) -> float:
        pairs = zip(expected, purchases, strict=True)
        return float(np.mean([np.mean((corrected(e, factor=factor, bend=bend) - y) ** 2) for e, y in pairs]))

    best = min((float(bend) for bend in _BENDS), key=missed)
    return (1 + best) / 2


def says(level: Level) -> Text:
    """Where the range of a total comes from, in one sentence."""
    if not level.backtested:
        return UNTESTED_SAYS
    return _("Past forecasts of {n} days, {days} days long each, set the level and the ranges.").format(
        n=level.origins, days=int(level.horizon_days)
    )

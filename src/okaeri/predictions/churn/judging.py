"""How good probabilities are, judged on customers a model has not learned from; rows of one customer count together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from okaeri.base.differences import Difference
from okaeri.base.intervals import t_bounds, wilson, z_score
from okaeri.base.measurement import Interval
from okaeri.predictions.churn.examples import Flags, Floats, Ints

BINS = 10
_RESAMPLES = 200
_LEAST_CHANCE = 1e-15


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure with the range that holds the truth in 95 % of repeated samples; no range where there is none."""

    value: float
    interval: Interval

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Figure:
        """What `dataclasses.asdict` gave."""
        return cls(value=data["value"], interval=Interval(**data["interval"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Rows with similar probabilities, from `low` to `high`: the mean said of them, and the share that left.

    The Wilson interval counts customers, not rows.
    """

    low: float
    high: float
    said: float
    n: int
    customers: int
    left: int
    interval: Interval

    @property
    def share(self) -> float:
        """The share that left."""
        return self.left / self.n


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """How good probabilities were on `n` rows of so many customers, `left` of them followed by leaving.

    `ece` is the mean distance between what was said and what came, over ten bins of equal mass; `ece_by_chance` is
    what it would be on average were every probability true.
    """

    n: int
    customers: int
    left: int
    log_loss: Figure
    brier: Figure
    auc: Figure
    ece: Figure
    ece_by_chance: float
    bins: tuple[Bin, ...]

    def bin_of(self, probability: float) -> Bin:
        """The bin a probability belongs to."""
        place = int(np.searchsorted([each.low for each in self.bins[1:]], probability, side="right"))
        return self.bins[place]

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Judgement:
        """What `as_data` gave."""
        figures = {name: Figure.from_data(data[name]) for name in ("log_loss", "brier", "auc", "ece")}
        bins = tuple(Bin(**{**each, "interval": Interval(**each["interval"])}) for each in data["bins"])
        return cls(**{**data, **figures, "bins": bins})


def judged(left: Flags, probability: Floats, *, customer: Ints, strata: Ints | None = None, seed: int = 0) -> Judgement:
    """The judgement of probabilities for rows whose outcome is known; some left and some stayed.

    `strata` has a code for each row: the area under the ROC curve compares rows of one stratum only, such as one day.
    """
    _codes, cluster = np.unique(customer, return_inverse=True)
    bins = bin_places(probability)
    return Judgement(
        n=len(left),
        customers=len(_codes),
        left=int(left.sum()),
        log_loss=mean_figure(log_losses(left, probability), cluster),
        brier=mean_figure((probability - left) ** 2, cluster),
        auc=auc_figure(left, probability, cluster, strata=strata),
        ece=_ece(left, probability, cluster, bins, seed),
        ece_by_chance=_ece_by_chance(probability, bins),
        bins=_table(left, probability, cluster, bins),
    )


def log_losses(left: Flags, probability: Floats) -> Floats:
    """Minus the logarithm of what was said of what came, per row."""
    sure = np.clip(probability, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    return np.asarray(-np.where(left, np.log(sure), np.log1p(-sure)))


def paired(first: Floats, second: Floats, *, customer: Ints) -> Difference:
    """The mean of `first` − `second` over the same rows, its interval over customers."""
    found = mean_figure(first - second, np.unique(customer, return_inverse=True)[1])
    return Difference(value=found.value, interval=found.interval)


def mean_figure(values: Floats, cluster: Ints) -> Figure:
    """A mean over rows; its error counts each cluster (numbered from 0) as one.

    Source: the linearised ratio mean, Cochran (1977), Sampling Techniques, equation 6.13, by cluster.
    """
    mean = float(values.mean())
    error, clusters = _clustered_error((values - mean) / len(values), cluster)
    low, high = t_bounds([mean], [error], [clusters])
    return Figure(value=mean, interval=_interval(float(low[0]), float(high[0]), "t, by customer"))


def auc_figure(left: Flags, score: Floats, cluster: Ints, *, strata: Ints | None = None) -> Figure:
    """The chance that one who left was scored above one who stayed; NaN without a range when there is no such pair.

    Only pairs of one stratum count, each pair alike: a forecast that says the same of all on a day has the area 0.5,
    however its days differ. Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44(3), summed by cluster
    (Obuchowski 1997, Biometrics 53(2)); the range on the logit scale.
    """
    value, placed, pairs = _placements(left, score, np.zeros(len(left), np.int64) if strata is None else strata)
    if not 0 < value < 1:
        return Figure(value=value, interval=_interval(np.nan, np.nan, "delong"))
    error, _clusters = _clustered_error((placed - value) * pairs / pairs[left].sum(), cluster)
    half = z_score(0.95) * error / (value * (1 - value))
    low, high = (1 / (1 + np.exp(-(np.log(value / (1 - value)) + side * half))) for side in (-1, 1))
    return Figure(value=value, interval=_interval(float(low), float(high), "delong, by customer"))


def auc_of(left: Flags, score: Floats) -> float:
    """The chance that one who left was scored above one who stayed, ties counting half."""
    return _placements(left, score, np.zeros(len(left), np.int64))[0]


def bin_places(probability: Floats) -> Ints:
    """The bin of each row, of ten with equal mass; equal probabilities share a bin."""
    edges = np.unique(np.quantile(probability, np.arange(1, BINS) / BINS))
    return np.unique(np.searchsorted(edges, probability, side="right"), return_inverse=True)[1]


def _placements(left: Flags, score: Floats, strata: Ints) -> tuple[float, Floats, Ints]:
    """The area; per row the share of the other side of its stratum it is on the right side of, and how many these are.

    A row without anybody on the other side has no pairs and counts for nothing.
    """
    from scipy.stats import rankdata  # heavy

    _codes, stratum = np.unique(strata, return_inverse=True)
    _scores, level = np.unique(score, return_inverse=True)
    place = stratum * (level.max(initial=0) + 1) + level  # one line on which the strata lie one after the other
    sides = np.stack([np.bincount(stratum[side], minlength=len(_codes)) for side in (left, ~left)])
    before = np.cumsum(sides, axis=1) - sides
    among_all, below, pairs = rankdata(place), np.empty(len(left)), np.empty(len(left), np.int64)
    for mine, side in ((left, 1), (~left, 0)):
        below[mine] = among_all[mine] - rankdata(place[mine]) - before[side][stratum[mine]]
        pairs[mine] = sides[side][stratum[mine]]
    share = below / np.maximum(pairs, 1)
    placed = np.where(left, share, 1 - share)
    total = int(pairs[left].sum())
    return float((placed * pairs)[left].sum() / total) if total else float("nan"), placed, pairs


def _clustered_error(parts: Floats, cluster: Ints) -> tuple[float, int]:
    sums = np.bincount(cluster, parts)
    clusters = len(sums)
    return (float(np.sqrt((sums @ sums) * clusters / (clusters - 1))) if clusters > 1 else np.nan), clusters


def _ece(left: Flags, probability: Floats, cluster: Ints, bins: Ints, seed: int) -> Figure:
    """Its range reaches as far either way as the bins' own errors add up to in 95 % of resamples of customers.

    By the triangle inequality no error of the bins can move the sum of their distances by more than that.
    """
    count, rows = int(bins.max()) + 1, np.bincount(cluster).astype(np.float64)
    gaps = np.bincount(cluster * count + bins, left - probability, minlength=len(rows) * count).reshape(-1, count)
    value = float(np.abs(gaps.sum(axis=0)).sum()) / len(left)
    rng = np.random.default_rng(seed)
    drawn = np.empty(_RESAMPLES)
    for place in range(_RESAMPLES):
        again = np.bincount(rng.integers(len(rows), size=len(rows)), minlength=len(rows)) - 1.0
        drawn[place] = np.abs(again @ gaps).sum() / len(left)
    reach = float(np.quantile(drawn, 0.95))
    return Figure(value=value, interval=_interval(max(0.0, value - reach), value + reach, "bootstrap, by customer"))


def _ece_by_chance(probability: Floats, bins: Ints) -> float:
    """The mean of the sum over bins of |leavers − expected| / n, each nearly normal."""
    spread = np.sqrt(np.bincount(bins, probability * (1 - probability)))
    return float(np.sqrt(2 / np.pi) * spread.sum() / len(probability))


def _table(left: Flags, probability: Floats, cluster: Ints, bins: Ints) -> tuple[Bin, ...]:
    found = []
    for place in range(int(bins.max()) + 1):
        rows = bins == place
        n, gone, customers = int(rows.sum()), int(left[rows].sum()), len(np.unique(cluster[rows]))
        said = probability[rows]
        interval = wilson(gone / n * customers, customers)
        found.append(
            Bin(
                low=float(said.min()), high=float(said.max()), said=float(said.mean()),
                n=n, customers=customers, left=gone, interval=interval,
            )
        )  # fmt: skip
    return tuple(found)


def _interval(low: float, high: float, method: str) -> Interval:
    known = (None if np.isnan(side) else side for side in (low, high))
    return Interval(low=next(known), high=next(known), method=method)

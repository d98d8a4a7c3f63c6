"""How far chance moves the areas below the curves: customers drawn again, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okaeri.predictions.uplift.curves import Flags, Floats, gains

DEPTHS = 100
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Standard errors over the resamples: of the Qini area, the AUUC, and the curve at `DEPTHS` + 1 equal depths."""

    area: float
    auuc: float
    curve: Floats


def resampled(
    score: Floats, treated: Flags, outcome: Floats, *, weight: Floats, seed: int, resamples: int = 200
) -> Spread:
    """Draw the customers again, by the Poisson bootstrap, and see how the areas move; shapes (customers,).

    Customers of one depth, arm, outcome and weight share a cell, and the sum of n Poisson(1) draws is Poisson(n): so
    a cell is drawn at once. Source: Chamandy et al. (2012), "Estimating uncertainty for massive data streams".
    """
    depth = _depths(score)
    arms = [_cells(depth[arm], outcome[arm], weight[arm]) for arm in (treated, ~treated)]
    rng = np.random.default_rng(seed)
    step = max(1, _CELLS_AT_ONCE // max(len(cells[0]) for cells in arms))
    drawn: list[tuple[Floats, Floats, Floats]] = []
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        (n_t, y_t), (n_c, y_c) = (_draw(rng, *cells, size=size) for cells in arms)
        drawn.append(_areas(n_t, n_c, y_t, y_c))
    area, under, curve = (np.concatenate([part[place] for part in drawn]) for place in range(3))
    return Spread(area=float(area.std(ddof=1)), auuc=float(under.std(ddof=1)), curve=curve.std(axis=0, ddof=1))


def _depths(score: Floats) -> NDArray[np.int64]:
    """The bin of each customer by falling score; equal scores share one, whatever their order."""
    _values, place, counts = np.unique(-score, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    return np.minimum((middle * DEPTHS / len(score)).astype(np.int64), DEPTHS - 1)[place]


def _cells(
    depth: NDArray[np.int64], outcome: Floats, weight: Floats
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Outcome, weight and customers of each cell of one arm, by depth; and how many cells lie up to each depth."""
    order = np.lexsort((weight, outcome, depth))
    columns = [depth[order].astype(np.float64), outcome[order], weight[order]]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    starts = np.flatnonzero(fresh)
    counts = np.diff(np.append(starts, len(order))).astype(np.float64)
    until = np.searchsorted(columns[0][starts], np.arange(DEPTHS), side="right")
    return columns[1][starts], columns[2][starts], counts, np.append(0, until)


def _draw(
    rng: np.random.Generator, outcome: Floats, weight: Floats, counts: Floats, until: NDArray[np.int64], *, size: int
) -> tuple[Floats, Floats]:
    """Cumulated customers and outcomes of one arm at each depth; shapes (size, DEPTHS + 1)."""
    drawn = rng.poisson(counts, (size, len(counts))) * weight
    nobody = np.zeros((size, 1))
    customers = np.concatenate([nobody, np.cumsum(drawn, axis=1)], axis=1)
    outcomes = np.concatenate([nobody, np.cumsum(drawn * outcome, axis=1)], axis=1)
    return customers[:, until], outcomes[:, until]


def _areas(n_t: Floats, n_c: Floats, y_t: Floats, y_c: Floats) -> tuple[Floats, Floats, Floats]:
    reached = n_t + n_c
    total = reached[:, -1]
    gain, uplift = gains(n_t, n_c, y_t, y_c, reached=reached)
    share = reached / total[:, None]
    area = np.trapezoid(gain, share, axis=1) - gain[:, -1] / 2
    per_customer = gain / np.maximum(n_t[:, -1:], 1.0)
    return area / total, np.trapezoid(uplift, share, axis=1) / total, per_customer

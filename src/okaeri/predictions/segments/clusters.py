"""k-means that says the same twice: from a start without chance, over rows in an order of their own.

How many clusters there are is settled by how well they are apart and whether two halves of the customers agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from okaeri.predictions.segments.segmentation import Floats, Ints

MOST = 8
_ROUNDS = 100
_SAMPLE = 2_000
_AGREES = 0.8
_SMALLEST_SHARE = 0.03
_PRIME = 2_654_435_761


def centres_of(points: Floats, k: int) -> Floats:
    """The centres of `k` clusters, shape (k, columns): the cluster of the largest spread is halved until there are k,
    across its longest direction, and then Lloyd's rounds.

    Source: Su & Dy (2007), "In search of deterministic methods for initializing K-means", PCA-Part.
    """
    nearest = np.zeros(len(points), np.int64)
    for made in range(1, k):
        spreads = [_spread(points[nearest == cluster]) for cluster in range(made)]
        halved = np.flatnonzero(nearest == int(np.argmax(spreads)))
        nearest[halved[_beyond_the_middle(points[halved])]] = made
    centres = _means(points, nearest, np.zeros((k, points.shape[1])))
    for _round in range(_ROUNDS):
        moved = nearest_to(points, centres)
        if np.array_equal(moved, nearest):
            break
        nearest = moved
        centres = _means(points, nearest, centres)
    return centres


def nearest_to(points: Floats, centres: Floats) -> Ints:
    """The place of the nearest centre of each point, shape (rows,)."""
    away = (centres**2).sum(axis=1) - 2 * points @ centres.T
    found: Ints = away.argmin(axis=1)
    return found


def best_k(points: Floats, *, customer: Ints, most: int = MOST) -> int:
    """How many clusters, from 2 to `most`: the number of the best mean silhouette among those two halves agree on.

    Agreement is an adjusted Rand index of 0.8 or more; both are taken on 2,000 customers at most, and no cluster may
    hold less than 3% of all. Where nothing agrees, the number on which the halves agree best.
    """
    order = by_chance(customer)
    some = points[order[:_SAMPLE]]
    away = _distances(some)
    scored: list[tuple[int, float, float]] = []
    for k in range(2, most + 1):
        centres = centres_of(points, k)
        share = np.bincount(nearest_to(points, centres), minlength=k).min() / len(points)
        if share < _SMALLEST_SHARE:
            continue
        halves = [nearest_to(some, centres_of(points[order[side::2]], k)) for side in (0, 1)]
        scored.append((k, _silhouette(away, nearest_to(some, centres)), agreement(*halves)))
    agreed = [each for each in scored if each[2] >= _AGREES]
    if agreed:
        return max(agreed, key=lambda each: (each[1], -each[0]))[0]
    return max(scored, key=lambda each: (each[2], -each[0]))[0] if scored else 1


def by_chance(customer: Ints) -> Ints:
    """The places of customers in an order that only their codes decide, as good as shuffled; shape (customers,)."""
    mixed = (customer.astype(np.uint64) * np.uint64(_PRIME)) % np.uint64(2**32)
    return np.lexsort((customer, mixed))


def agreement(one: Ints, other: Ints) -> float:
    """The adjusted Rand index of two clusterings: 1 when they are the same, near 0 by chance.

    Source: Hubert & Arabie (1985), Journal of Classification 2.

    >>> agreement(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    together, rows, columns = (float(_pairs(part).sum()) for part in (table, table.sum(axis=1), table.sum(axis=0)))
    expected = rows * columns / float(_pairs(np.array([len(one)], np.float64))[0])
    most = (rows + columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _pairs(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2


def _spread(points: Floats) -> float:
    return float(((points - points.mean(axis=0)) ** 2).sum()) if len(points) > 1 else -1.0


def _beyond_the_middle(points: Floats) -> NDArray[np.bool_]:
    """Who lies beyond the mean along the direction in which these points spread most."""
    centred = points - points.mean(axis=0)
    _values, vectors = np.linalg.eigh(centred.T @ centred)
    longest = vectors[:, -1]
    # either end of a direction may come first; the larger part decides which one counts as beyond
    longest = longest * np.sign(longest[np.argmax(np.abs(longest))])
    found: NDArray[np.bool_] = centred @ longest > 0
    return found


def _means(points: Floats, nearest: Ints, before: Floats) -> Floats:
    counts = np.bincount(nearest, minlength=len(before))
    sums = np.stack([np.bincount(nearest, weights=column, minlength=len(before)) for column in points.T], axis=1)
    return np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], before)


def _distances(points: Floats) -> Floats:
    squares = (points**2).sum(axis=1)
    found: Floats = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * points @ points.T, 0.0))
    return found


def _silhouette(away: Floats, nearest: Ints) -> float:
    """The mean silhouette of the points, 0 for a point alone. Source: Rousseeuw (1987), J. Comput. Appl. Math. 20."""
    k = int(nearest.max()) + 1
    mine = np.zeros((len(nearest), k))
    mine[np.arange(len(nearest)), nearest] = 1.0
    counts = mine.sum(axis=0)
    sums = away @ mine
    own = counts[nearest]
    inside = sums[mine > 0] / np.maximum(own - 1, 1)
    others = np.where((mine > 0) | (counts == 0), np.inf, sums / np.maximum(counts, 1)).min(axis=1)
    if not np.isfinite(others).all():
        return 0.0
    widest = np.maximum(inside, others)
    single = (own <= 1) | (widest == 0)
    return float(np.where(single, 0.0, (others - inside) / np.where(single, 1.0, widest)).mean())

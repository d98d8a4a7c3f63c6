"""How many events there are in a time, at a rate that is gamma-distributed: the negative binomial, column by column."""

from __future__ import annotations

import numpy as np

from okaeri.predictions.clv.histories import Floats, Number


def counts(shape: Floats, share: Number, size: int) -> Floats:
    """The probabilities of 0 … `size` - 1 events; shape (customers, size).

    `share` is the time ahead over the sum of itself and the gamma's time.

    >>> counts(np.array([1.0]), 0.5, 3).round(9).tolist()
    [[0.5, 0.25, 0.125]]
    """
    n = np.arange(size - 1)
    some = np.maximum(np.reshape(share, (-1, 1)), 1e-300)  # in no time, any event is next to impossible
    logs = np.empty((len(shape), size))
    logs[:, :1] = shape[:, None] * np.log1p(-some)
    logs[:, 1:] = np.log(some * ((shape[:, None] + n) / (n + 1)))
    found: Floats = np.exp(np.cumsum(logs, axis=1))
    return found

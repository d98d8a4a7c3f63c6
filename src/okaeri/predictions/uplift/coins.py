"""Fair coins tossed by a customer's own code, so that the order of rows changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predictions.uplift.curves import Flags

Codes = NDArray[np.uint64]
_STEP, _FIRST, _SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def codes_of(customer: ArrayLike, *, seed: int) -> Codes:
    """Evenly spread numbers by customer and seed; customers are whole numbers or texts, shape (customers,).

    >>> codes_of(["aki", "chiyo"], seed=1).tolist() == codes_of(["aki", "chiyo"], seed=1).tolist()
    True
    """
    given = np.asarray(customer)
    start = np.full(len(given), seed, np.uint64)
    for column in _columns(given):
        start = _mixed(start ^ column)
    return start


def coins(code: Codes, toss: int) -> Flags:
    """One fair coin per customer; another `toss` gives other coins.

    >>> bool(0.45 < coins(codes_of(np.arange(1000), seed=1), 3).mean() < 0.55)
    True
    """
    return (_mixed(code ^ _mixed(np.full(1, toss, np.uint64))) >> np.uint64(63)).astype(np.bool_)


def _columns(given: NDArray[Any]) -> list[Codes]:
    if given.dtype.kind in "biu":
        return [given.astype(np.int64).view(np.uint64)]
    texts = np.ascontiguousarray(given.astype(np.str_))
    letters = texts.view(np.uint32).reshape(len(texts), -1).astype(np.uint64)
    place = np.arange(letters.shape[1], dtype=np.uint64) + np.uint64(1)
    # what pads a short text is 0 and adds nothing, so the longest text does not change the others
    return [(_mixed(letters ^ (place << np.uint64(32))) * (letters > 0)).sum(axis=1, dtype=np.uint64)]


def _mixed(bits: Codes) -> Codes:
    """One step of splitmix64. Source: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators"."""
    mixed = bits + _STEP
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))

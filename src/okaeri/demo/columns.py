"""How NumPy arrays become Arrow columns: identifiers, instants and chosen words, without a Python loop.

Nothing here knows the business.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY_SECONDS = 86_400
JAPAN_AHEAD_SECONDS = 9 * 3_600  # Japan keeps no summer time, so local time is one subtraction away
INSTANT = pa.timestamp("us", tz="UTC")


def chance(seed: int, block: int, aspect: str) -> np.random.Generator:
    """An own stream of chance for each aspect, so that a new aspect leaves the others as they were.

    >>> chance(7, 0, "orders").integers(100) == chance(7, 0, "orders").integers(100)
    np.True_
    """
    return np.random.default_rng([seed, block, zlib.crc32(aspect.encode())])


def identifiers(prefix: str, numbers: Ints, *, groups: int = 2) -> pa.Array:
    """Each number as `prefix` and 4 × `groups` digits.

    >>> identifiers("C", np.array([7, 12345])).to_pylist()
    ['C00000007', 'C00012345']
    """
    head = prefix.encode()
    width = len(head) + 4 * groups
    letters = np.empty((len(numbers), width), np.uint8)
    letters[:, : len(head)] = np.frombuffer(head, np.uint8)
    rest = numbers.astype(np.int64)
    for group in reversed(range(groups)):
        at = len(head) + 4 * group
        letters[:, at : at + 4] = _four_digits()[rest % 10_000]
        rest = rest // 10_000
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * np.int32(width)
    return pa.Array.from_buffers(pa.string(), len(numbers), [None, pa.py_buffer(offsets), pa.py_buffer(letters)])


def instants(days: Ints, seconds: Ints, *, missing: Flags | None = None) -> pa.Array:
    """Local days since 1970 and seconds of the day in Japan as instants; null where `missing`.

    >>> instants(np.array([19_723]), np.array([9 * 3600])).to_pylist()[0].isoformat()
    '2024-01-01T00:00:00+00:00'
    """
    microseconds = (days * DAY_SECONDS + seconds - JAPAN_AHEAD_SECONDS) * 1_000_000
    return pa.array(microseconds, pa.int64(), mask=missing).cast(INSTANT)


def words(choices: Sequence[str | None], codes: NDArray[np.integer]) -> pa.Array:
    """The chosen word of every row.

    >>> words(["ja", "ko"], np.array([1, 0])).to_pylist()
    ['ko', 'ja']
    """
    return pa.array(choices, pa.string()).take(pa.array(codes.astype(np.int32)))


def same(word: str, rows: int) -> pa.Array:
    """One word in every row.

    >>> same("JPY", 2).to_pylist()
    ['JPY', 'JPY']
    """
    return pa.repeat(pa.scalar(word, pa.string()), rows)


def pick(rng: np.random.Generator, shares: Sequence[float], rows: int) -> Ints:
    """Codes drawn with the given shares; they need not sum to 1.

    >>> pick(chance(1, 0, "doc"), [0.0, 1.0], 3).tolist()
    [1, 1, 1]
    """
    steps = np.cumsum(np.asarray(shares, float))
    return np.searchsorted(steps / steps[-1], rng.random(rows), side="right").astype(np.int64)


def day_numbers(first: str, past: str) -> tuple[int, int]:
    """Two ISO days as days since 1970.

    >>> day_numbers("1970-01-02", "1970-02-01")
    (1, 31)
    """
    return int(np.datetime64(first, "D").astype(np.int64)), int(np.datetime64(past, "D").astype(np.int64))


@cache
def _four_digits() -> NDArray[np.uint8]:
    numbers = np.arange(10_000)
    return np.stack([numbers // 10**power % 10 + ord("0") for power in (3, 2, 1, 0)], axis=1).astype(np.uint8)

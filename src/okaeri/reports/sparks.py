"""The small line beside a key figure: its recent past as path data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, ROOM = 96.0, 32.0, 3.0


@dataclass(frozen=True, slots=True)
class Spark:
    """Path data in a box of 96 × 32; (x, y) is the newest value."""

    line: str
    area: str
    x: float
    y: float


def spark(values: Sequence[float]) -> Spark | None:
    """The line through `values`, oldest first; None below three values, which show no shape.

    >>> spark([1, 2]) is None, spark([1, 3, 2]).line
    (True, 'M0 29 L48 3 L96 16')
    """
    if len(values) < 3:
        return None
    low, high = min(values), max(values)
    step, height = WIDTH / (len(values) - 1), HEIGHT - 2 * ROOM
    heights = [(value - low) / (high - low) if high > low else 0.5 for value in values]
    points = [(round(i * step, 1), round(HEIGHT - ROOM - at * height, 1)) for i, at in enumerate(heights)]
    line = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
    return Spark(line, f"{line} V{HEIGHT:g} H0 Z", *points[-1])

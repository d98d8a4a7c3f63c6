"""What becomes of amounts that run off over time, such as points: a chain ladder with several ways out.

Rows are months of credit, columns their age in months; the latest ages of the younger rows are still to come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okaeri.base.intervals import FloatArray, Numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOff:
    """What is `left` now, how much of it will go each way (`future`), and how much no older row tells about.

    >>> RunOff(left=10.0, future=(6.0, 4.0), unknown=0.0).share(1)
    0.4
    """

    left: float
    future: tuple[float, ...]
    unknown: float

    def share(self, way: int) -> float:
        """The share of what is left that will go one way, of what is known; 0 when nothing is left.

        >>> RunOff(left=0.0, future=(0.0, 0.0), unknown=0.0).share(0)
        0.0
        """
        known = self.left - self.unknown
        return self.future[way] / known if known > 0 else 0.0


def run_off(credited: Numbers, gone: Numbers) -> RunOff:
    """Project what is left: `credited` has shape (rows,), `gone` (ways, rows, ages) with as many ages as rows.

    Row i has been watched for `rows − i` ages. The share that goes at an age is Σ gone / Σ still there over the rows
    watched at that age: the volume-weighted link ratio of what remains. Source: Mack (1993), ASTIN Bulletin 23(2),
    equation 2; with several ways out, the Aalen–Johansen estimate by age.

    >>> run_off([100, 100], [[[50, 30], [50, 0]], [[0, 20], [0, 0]]])
    RunOff(left=50.0, future=(30.0, 20.0), unknown=0.0)
    """
    start, ways = np.asarray(credited, dtype=np.float64), np.asarray(gone, dtype=np.float64)
    rows = len(start)
    age = np.arange(rows)
    watched = age[:, None] + age[None, :] < rows
    lost = np.where(watched, ways, 0.0)
    still = start[:, None] - np.concatenate([np.zeros((rows, 1)), lost.sum(axis=0).cumsum(axis=1)[:, :-1]], axis=1)
    left = np.maximum(start - lost.sum(axis=(0, 2)), 0.0)
    # sums of shares of points leave traces where nothing is left
    at_risk = np.where(watched, still, 0.0).sum(axis=0)
    at_risk = np.where(at_risk > 1e-9 * start.sum(), at_risk, 0.0)
    future, unknown = _futures(lost.sum(axis=1), at_risk)
    now = rows - age
    return RunOff(
        left=float(left.sum()),
        future=tuple((future[:, now] * left).sum(axis=1).tolist()),
        unknown=float((unknown[now] * left).sum()),
    )


def _futures(lost: FloatArray, at_risk: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For what is there at the start of each age: the share that will go each way, and the share nobody has watched."""
    ages = len(at_risk)
    future, unknown = np.zeros((len(lost), ages + 1)), np.ones(ages + 1)
    for age in reversed(range(ages)):
        if at_risk[age] > 0:
            rate = lost[:, age] / at_risk[age]
            stays = max(1.0 - float(rate.sum()), 0.0)
            future[:, age] = rate + stays * future[:, age + 1]
            unknown[age] = stays * unknown[age + 1]
    return future, unknown

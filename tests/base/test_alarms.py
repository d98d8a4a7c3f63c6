"""Alarms keep to the false alarms somebody accepted, and see what is there."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from okaeri.base.alarms import watch
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement
from okaeri.base.units import Unit

WORLDS = 1500


def rates(kept: np.ndarray, n: int) -> list[Measurement]:
    return [
        Measurement(
            metric="crr",
            version=1,
            value=k / n,
            unit=Unit.RATE,
            n=n,
            cutoff=date(2024, 1, 1),
            interval=wilson(int(k), n),
        )
        for k in kept
    ]


def share_of_alarms(*, unrest: float, drop: float = 0.0, months: int = 19) -> float:
    """How often a year of looks at 2 false alarms a year rings, when shares wander by `unrest` from month to month."""
    draw = np.random.default_rng(7)
    rung = 0
    for _world in range(WORLDS):
        share = np.clip(draw.normal(0.8, unrest, months), 0.01, 0.99)
        share[-1] -= drop
        alarm = watch(rates(draw.binomial(400, share), 400), by="month", false_alarms_per_year=1.2)
        rung += alarm is not None and alarm.raised
    return rung / WORLDS


@pytest.mark.parametrize("unrest", [0.0, 0.03], ids=["steady", "restless"])
def test_while_nothing_changes_alarms_come_as_often_as_was_accepted(unrest: float) -> None:
    assert share_of_alarms(unrest=unrest) <= 0.1 + 0.03


def test_a_real_drop_is_heard() -> None:
    assert share_of_alarms(unrest=0.0, drop=0.15) > 0.95


def test_only_the_direction_that_is_listened_to_rings() -> None:
    up = rates(np.array([300] * 9 + [380]), 400)

    heard = watch(up, by="month", false_alarms_per_year=1, worse=1)
    not_heard = watch(up, by="month", false_alarms_per_year=1, worse=-1)

    assert heard and heard.raised
    assert not_heard and not not_heard.raised


def test_a_figure_without_an_interval_is_not_judged() -> None:
    bare = [
        Measurement(metric="mrr", version=1, value=value, unit=Unit.MONEY, cutoff=date(2024, 1, 1))
        for value in (1.0, 2.0)
    ]

    assert watch(bare, by="month", false_alarms_per_year=1) is None

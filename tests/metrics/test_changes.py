"""Changes between periods: which are told, and whether they are more than chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import okaeri as ok
from okaeri.base.differences import difference
from okaeri.base.intervals import nps_adjusted_wald
from okaeri.base.measurement import Measurement
from okaeri.metrics.changes import changes
from tests.metrics.purchases import Order, table
from tests.metrics.surveys import nps
from tests.metrics.surveys import table as answers_table

START = datetime(2024, 1, 5, tzinfo=UTC)


def test_only_adjoining_complete_periods_with_figures_are_compared() -> None:
    months = [START + timedelta(days=30 * n) for n in (0, 1, 3, 4, 5)]
    log = [Order(f"{who}{n}", at) for n, at in enumerate(months) for who in "abc"]

    result = ok.measure("repeat_rate", orders=table(log))

    labels = [
        (c.earlier.period.label, c.later.period.label) for c in changes(result) if c.earlier.period and c.later.period
    ]
    assert labels == [("2024-01", "2024-02"), ("2024-04", "2024-05")]
    assert [m.state.value for m in result.measurements][-1] == "partial"


def test_each_segment_is_compared_with_itself() -> None:
    days = {"spring": (10, 0), "autumn": (0, 10)}
    log = [
        nps(score, at=START + timedelta(days=31 * month), survey=survey)
        for survey, scores in days.items()
        for month, score in enumerate(scores)
    ]
    log.append(nps(7, at=START + timedelta(days=70)))

    found = changes(ok.measure("nps", answers=answers_table(log), segment="survey"))

    assert {(c.later.segment, c.difference.value) for c in found} == {("spring", -200.0), ("autumn", 200.0)}


def test_several_figures_for_one_period_are_never_compared() -> None:
    log = [Order(who, START + timedelta(days=31 * n)) for n in range(5) for who in "ab"]

    result = ok.measure("cohort", orders=table(log), presence="orders:30d")

    assert len(result.measurements) > 5
    assert changes(result) == []


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.8, 0.15, 0.05)])
def test_an_nps_that_did_not_move_is_seldom_called_moved(shares: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(70)
    log = [nps(9, at=START), nps(9, at=START + timedelta(days=31)), nps(9, at=START + timedelta(days=70))]
    earlier, later = ok.measure("nps", answers=answers_table(log)).measurements[:2]

    calm = []
    for n in (10, 40, 150):
        for counted in rng.multinomial(n, shares, size=(400, 2)).tolist():
            apart = difference(_figure(later, *counted[0]), earlier=_figure(earlier, *counted[1]))
            assert apart is not None
            calm.append(not apart.distinguishable)

    assert np.mean(calm) >= 0.94


def _figure(like: Measurement, promoters: int, passives: int, detractors: int) -> Measurement:
    n = promoters + passives + detractors
    around = nps_adjusted_wald(promoters, detractors, n)
    return replace(like, value=100 * (promoters - detractors) / n, interval=around)

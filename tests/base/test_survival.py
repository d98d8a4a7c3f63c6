"""Kaplan–Meier against a published curve, a brute-force product of fractions, and its laws."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.base.survival import kaplan_meier

Case = tuple[int, bool]
CASES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def brute_force(cases: list[Case], day: int) -> Fraction:
    """The share still going after `day`: one factor per day, cases counted one by one."""
    share = Fraction(1)
    for today in range(day + 1):
        at_risk = sum(length >= today for length, _seen in cases)
        ended = sum(length == today and seen for length, seen in cases)
        share *= 1 - Fraction(ended, at_risk) if at_risk else 1
    return share


@pytest.mark.real_data
def test_the_waltons_curve_has_its_published_median_and_band(data_dir: Path) -> None:
    with (data_dir / "survival" / "lifelines_waltons_dataset.csv").open() as stream:
        flies = [(float(row["T"]), int(row["E"])) for row in csv.DictReader(stream)]

    curve = kaplan_meier([length for length, _ in flies], [seen for _, seen in flies])

    assert curve.median == 56
    assert curve.at(50) == pytest.approx((0.61682, 0.53724, 0.68677), abs=1e-5)


@given(CASES)
def test_the_curve_equals_the_brute_force_product(cases: list[Case]) -> None:
    curve = kaplan_meier([length for length, _ in cases], [seen for _, seen in cases])

    for day in range(int(curve.day[-1]) + 1):
        assert curve.at(day)[0] == pytest.approx(float(brute_force(cases, day)), abs=1e-12)
    assert curve.n == len(cases)
    assert curve.events.sum() == sum(seen for _, seen in cases)


@given(CASES)
def test_without_open_cases_the_curve_is_the_share_that_lasted_longer(cases: list[Case]) -> None:
    lengths = np.array([length for length, _ in cases])

    curve = kaplan_meier(lengths, np.ones(len(cases)))

    assert curve.share == pytest.approx([(lengths > day).mean() for day in curve.day])


@given(CASES, st.integers(2, 5))
def test_weights_count_like_repeated_cases(cases: list[Case], times: int) -> None:
    once = kaplan_meier([c[0] for c in cases], [c[1] for c in cases], weights=[times] * len(cases))

    each = kaplan_meier([c[0] for c in cases * times], [c[1] for c in cases * times])

    for name in ("day", "at_risk", "events", "censored", "share", "low", "high"):
        assert getattr(once, name).tolist() == getattr(each, name).tolist()


@given(CASES)
def test_the_band_holds_the_curve_inside_zero_and_one(cases: list[Case]) -> None:
    curve = kaplan_meier([c[0] for c in cases], [c[1] for c in cases])

    assert np.all((curve.low >= 0) & (curve.low <= curve.share) & (curve.share <= curve.high) & (curve.high <= 1))
    assert np.all(np.diff(curve.share) <= 0)


def test_dropping_open_cases_would_have_been_wrong() -> None:
    """Chiyo is still here on day 9: she is no proof that everybody leaves."""
    curve = kaplan_meier([3, 5, 9], [1, 1, 0])

    assert curve.share[-1] == pytest.approx(1 / 3)
    assert curve.at_risk.tolist() == [3, 3, 2, 1]


def test_a_curve_that_stays_above_one_half_has_no_median() -> None:
    curve = kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0])

    assert curve.median is None


def test_nobody_is_no_curve() -> None:
    with pytest.raises(OkaeriError, match="somebody is left to watch"):
        kaplan_meier([], [])


def test_a_stay_cannot_end_before_it_starts() -> None:
    with pytest.raises(OkaeriError, match="nothing ends before it starts"):
        kaplan_meier([-1, 2], [1, 1])


def test_the_band_covers_the_truth_about_as_often_as_it_says() -> None:
    """Exponential stays of 30 days on average, watched for 1 to 60 days each; the truth at day 20 is known."""
    rng = np.random.default_rng(5)
    truth, hits = float(np.exp(-20 / 30)), 0
    for _ in range(600):
        stays, watched = rng.exponential(30, 120), rng.uniform(1, 60, 120)
        _share, low, high = kaplan_meier(np.minimum(stays, watched), stays <= watched).at(20)
        hits += low <= truth <= high

    assert hits / 600 == pytest.approx(0.95, abs=0.025)

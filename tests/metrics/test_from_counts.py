"""Retention from three counts: the formula, its law, and the mistakes it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import wilson
from okaeri.metrics.staying.from_counts import churn_to_acquisition, from_counts

PEOPLE = st.sets(st.integers(0, 60))


def test_retention_of_22_5_percent_is_churn_of_77_5_percent() -> None:
    counted = from_counts(cs=40, ce=15, cn=6)

    assert (counted.crr, counted.churn, counted.retained, counted.lost) == (0.225, 0.775, 9, 31)
    assert counted.crr_interval == wilson(9, 40)


def test_250_acquired_and_10_lost_are_4_percent() -> None:
    assert churn_to_acquisition(acquired=250, lost=10) == 0.04


@given(opening=PEOPLE, closing=PEOPLE)
def test_counts_of_real_people_give_the_share_of_them_who_stayed(opening: set[int], closing: set[int]) -> None:
    counted = from_counts(cs=len(opening), ce=len(closing), cn=len(closing - opening))

    if opening:
        assert counted.crr == len(opening & closing) / len(opening)
        assert counted.crr is not None and counted.churn is not None and counted.crr + counted.churn == pytest.approx(1)
    else:
        assert (counted.crr, counted.churn) == (None, None)


def test_nobody_at_the_start_is_undefined_with_the_reason() -> None:
    counted = from_counts(cs=0, ce=6, cn=6)

    assert counted.value is None
    assert str(counted.reason) == "Nobody was a customer at the start of the period."


def test_more_new_customers_than_customers_is_refused_with_the_usual_cause() -> None:
    with pytest.raises(OkaeriError, match=r"CN is 20, more than the 15 .* came and left again within the period"):
        from_counts(cs=40, ce=15, cn=20)


def test_more_kept_than_there_were_is_refused_with_the_usual_cause() -> None:
    with pytest.raises(OkaeriError, match=r"CE − CN is 49, more than the 40 .* returned after a break"):
        from_counts(cs=40, ce=55, cn=6)


@pytest.mark.parametrize("wrong", ["cs", "ce", "cn"])
def test_a_negative_count_is_refused_by_name(wrong: str) -> None:
    counts = {"cs": 40, "ce": 15, "cn": 6, wrong: -1}

    with pytest.raises(OkaeriError, match=f"{wrong.upper()} is -1, which is below zero.*minus sign"):
        from_counts(**counts)


def test_a_rate_is_refused_as_a_count() -> None:
    with pytest.raises(OkaeriError, match="a rate or an average does not fit"):
        from_counts(cs=40, ce=0.5, cn=6)  # type: ignore[arg-type]  # the mistake under test


def test_nobody_acquired_has_no_ratio() -> None:
    assert churn_to_acquisition(acquired=0, lost=3) is None

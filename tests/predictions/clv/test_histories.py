"""Histories: what cannot be is refused with advice, and equal ones are put together without loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv.histories import Histories, compress, once_each, unique

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([1.0, 2.5, 7.0]), st.sampled_from([7.0, 9.0, 9.5])),
    min_size=1,
    max_size=60,
)


def histories(rows: list[tuple[int, float, float]]) -> Histories:
    x = np.array([row[0] for row in rows], np.float64)
    return Histories.of(x, np.where(x > 0, [row[1] for row in rows], 0.0), [row[2] for row in rows])


@pytest.mark.parametrize(
    ("x", "t_x", "age", "why"),
    [
        (1.5, 3, 9, "not a whole number"),
        (-1, 0, 9, "not a whole number"),
        (1, 10, 9, "after the end of the time seen"),
        (1, -1, 9, "before the first one"),
        (2, 0, 9, "at the time of the first"),
        (0, 3, 9, "no repeat purchase is counted"),
        (1, float("nan"), 9, "missing or not finite"),
        (1, 3, float("inf"), "missing or not finite"),
    ],
)
def test_a_history_that_cannot_be_is_named_with_advice(x: float, t_x: float, age: float, why: str) -> None:
    with pytest.raises(OkaeriError, match=f"Customer 1 .*{why}.*Count purchases after the first"):
        Histories.of([0, x], [0, t_x], [9, age])


def test_nobody_is_not_enough_to_learn_from() -> None:
    with pytest.raises(OkaeriError, match=r"no customers.*at least one"):
        Histories.of([], [], [])


@given(ROWS)
def test_putting_equal_histories_together_loses_nobody(rows: list[tuple[int, float, float]]) -> None:
    given_ = histories(rows)

    found = compress(given_)

    told = list(zip(found.frequency, found.last_purchase, found.age, strict=True))
    each = list(zip(given_.frequency, given_.last_purchase, given_.age, strict=True))
    assert len(set(told)) == len(told)
    assert dict(zip(told, found.count, strict=True)) == {kind: each.count(kind) for kind in each}
    assert (found.levels[found.level] == found.frequency).all()


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_customers_does_not_matter(rows: list[tuple[int, float, float]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object

    one, other = compress(histories(rows)), compress(histories(shuffled))

    for name in ("frequency", "last_purchase", "age", "count"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


def test_covariates_keep_equal_histories_apart() -> None:
    found = compress(Histories.of([1, 1, 1], [3, 3, 3], [9, 9, 9]), np.array([[0.0], [1.0], [1.0]]))

    assert sorted(zip(found.covariates[:, 0], found.count, strict=True)) == [(0.0, 1.0), (1.0, 2.0)]


def test_two_rows_that_share_their_mixed_bits_are_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a mixer of zero every row collides with every other."""
    monkeypatch.setattr("okaeri.predictions.clv.histories._MIXER", np.uint64(0))
    columns = (np.array([1.0, 2.0, 1.0]), np.array([5.0, 5.0, 5.0]))

    rows, kind, counts = unique(columns)

    assert columns[0][rows].tolist() == [1.0, 2.0]
    assert kind.tolist() == [0, 1, 0]
    assert counts.tolist() == [2, 1]


def test_minus_zero_is_zero() -> None:
    assert len(unique([np.array([0.0, -0.0])])[0]) == 1


def test_a_sample_takes_customers_and_not_histories() -> None:
    """Of 990 alike and 10 others, a sample of a tenth holds about one of the others."""
    everybody = compress(Histories.of(np.r_[np.zeros(990), np.ones(10)], np.r_[np.zeros(990), np.arange(1.0, 11)], 20))

    sample = everybody.sample(100)

    assert sample.customers == 100
    assert sample.count[sample.frequency == 0].sum() == 99


def test_a_function_of_equal_rows_is_computed_once() -> None:
    asked = []

    def square(x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        asked.append(len(x))
        return x * x

    found = once_each(square, np.array([3.0, 2.0, 3.0, 3.0]))

    assert found.tolist() == [9.0, 4.0, 9.0, 9.0]
    assert asked == [2]

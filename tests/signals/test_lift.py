"""Shares and ratios whose rows come in clusters."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.base.intervals import wilson
from okaeri.signals.lift import Rows, clustered_share, lift_of


def test_a_share_of_rows_that_each_have_a_customer_of_their_own_is_wilsons() -> None:
    hit = np.arange(40) < 10

    share = clustered_share(hit, np.arange(40))

    assert (share.value, share.part, share.n) == (0.25, 10, 40)
    assert (share.interval.low, share.interval.high) == pytest.approx(
        (wilson(10, 40).low, wilson(10, 40).high), rel=1e-9
    )


def test_ten_equal_rows_of_each_customer_say_no_more_than_one() -> None:
    hit, customer = np.repeat(np.arange(40) < 10, 10), np.repeat(np.arange(40), 10)

    share = clustered_share(hit, customer)

    assert share.n == 400
    assert (share.interval.low, share.interval.high) == pytest.approx(
        (wilson(10, 40).low, wilson(10, 40).high), rel=1e-9
    )


def test_a_share_of_nothing_has_no_value() -> None:
    share = clustered_share(np.empty(0, bool), np.empty(0, int))

    assert share.value is None
    assert share.interval.low is None


def test_each_group_weighs_as_many_as_were_signalled_in_it() -> None:
    """In summer one in two leaves, in winter one in ten; 3 of 4 signals are in summer."""
    everybody = Rows(
        customer=np.arange(20),
        group=np.repeat([0, 1], 10),
        left=np.array([*[True] * 5, *[False] * 5, True, *[False] * 9]),
    )
    signalled = Rows(
        customer=np.array([0, 1, 9, 19]), group=np.array([0, 0, 0, 1]), left=np.array([True, True, False, False])
    )

    lift = lift_of(signalled, everybody)

    assert lift.base_rate == pytest.approx((3 * 0.5 + 0.1) / 4)
    assert lift.value == pytest.approx(2 / 1.6)


def test_signals_with_nobody_to_compare_them_with_are_left_out() -> None:
    everybody = Rows(customer=np.arange(4), group=np.zeros(4, np.int64), left=np.array([True, False, False, False]))
    signalled = Rows(customer=np.array([0, 1]), group=np.array([0, 7]), left=np.array([True, True]))

    lift = lift_of(signalled, everybody)

    assert (lift.n, lift.expected, lift.value) == (1, 0.25, 4.0)


def test_without_any_hit_the_lift_is_zero_with_an_upper_bound() -> None:
    everybody = Rows(customer=np.arange(10), group=np.zeros(10, np.int64), left=np.arange(10) < 5)

    lift = lift_of(Rows(customer=np.arange(5, 9), group=np.zeros(4, np.int64), left=np.zeros(4, bool)), everybody)

    assert (lift.value, lift.interval.low) == (0.0, 0.0)
    assert lift.interval.high == pytest.approx(3.689 / 2, abs=1e-3)


@pytest.mark.parametrize("truth", [1.0, 2.0])
def test_the_interval_holds_the_true_lift_although_customers_come_again_and_again(truth: float) -> None:
    rng = np.random.default_rng(7)
    runs, inside = 600, 0
    for _run in range(runs):
        customers, looks = 400, 6
        # customers differ in how readily they leave, and stay alike from look to look
        own = rng.beta(2, 12, customers)
        customer, group = np.repeat(np.arange(customers), looks), np.tile(np.arange(looks), customers)
        everybody = Rows(customer=customer, group=group, left=rng.random(len(customer)) < own[customer])
        marked = rng.random(len(customer)) < 0.05
        left = rng.random(int(marked.sum())) < np.minimum(own[customer[marked]] * truth, 1)
        lift = lift_of(Rows(customer=customer[marked], group=group[marked], left=left), everybody)
        assert lift.interval.low is not None and lift.interval.high is not None
        inside += lift.interval.low <= truth <= lift.interval.high

    assert inside / runs >= 0.94


def test_the_chance_of_a_lift_is_below_a_twentieth_just_when_its_interval_leaves_one_out() -> None:
    rng = np.random.default_rng(8)
    found = []
    for _run in range(300):
        everybody = Rows(customer=np.arange(200), group=np.zeros(200, np.int64), left=rng.random(200) < 0.2)
        n = int(rng.integers(15, 60))
        found.append(
            lift_of(Rows(customer=np.arange(n), group=np.zeros(n, np.int64), left=rng.random(n) < 0.3), everybody)
        )

    told = [each.chance < 0.05 for each in found]

    apart = [
        (each.interval.low is not None and each.interval.low > 1)
        or (each.interval.high is not None and each.interval.high < 1)
        for each in found
    ]
    assert told == apart
    assert 0 < sum(told) < 300


def test_a_lift_of_nothing_has_the_chance_of_seeing_nobody_leave() -> None:
    everybody = Rows(customer=np.arange(10), group=np.zeros(10, np.int64), left=np.arange(10) < 5)
    nobody = lift_of(Rows(customer=np.arange(5, 9), group=np.zeros(4, np.int64), left=np.zeros(4, bool)), everybody)

    assert nobody.chance == pytest.approx(2 * np.exp(-2))


def test_a_lift_says_how_many_rows_it_compares_with() -> None:
    everybody = Rows(customer=np.arange(20), group=np.repeat([0, 1], 10), left=np.arange(20) % 2 == 0)
    signalled = Rows(customer=np.arange(3), group=np.zeros(3, np.int64), left=np.array([True, False, False]))

    assert lift_of(signalled, everybody).compared == 10

"""RFM scores and groups, against a count in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.text import use_language
from okaeri.predictions.segments import profiles_of, rfm, rfm_scores
from okaeri.predictions.segments.names import RFM_NAMES
from okaeri.predictions.segments.rfm import _labels, fifths
from tests.predictions.segments.shops import TOKYO, orders, random_orders, shop


def test_the_ten_groups_cover_every_pair_of_scores() -> None:
    pairs = list(product(range(1, 6), repeat=2))

    labels = _labels(np.array([r for r, _fm in pairs]), np.array([fm for _r, fm in pairs]))

    assert set(labels.tolist()) == set(RFM_NAMES)
    by_pair = dict(zip(pairs, labels.tolist(), strict=True))
    assert by_pair[5, 5] == "champions"
    assert by_pair[1, 5] == "cannot_lose"
    assert by_pair[1, 1] == "hibernating"


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60))
def test_equal_values_share_a_score_and_larger_ones_never_have_less(values: list[int]) -> None:
    scores = fifths(np.array(values, np.float64))

    pairs = sorted(zip(values, scores.tolist(), strict=True))
    assert all(1 <= score <= 5 for score in scores)
    assert all(one[1] <= other[1] for one, other in pairwise(pairs))
    assert len(set(pairs)) == len(set(values))


def test_without_ties_each_score_has_a_fifth() -> None:
    scores = fifths(np.random.default_rng(1).permutation(100).astype(np.float64))

    assert Counter(scores.tolist()) == {1: 20, 2: 20, 3: 20, 4: 20, 5: 20}


def test_customers_who_bought_once_score_one_however_many_they_are() -> None:
    assert fifths(np.array([1.0] * 90 + [2.0] * 10), ties=0.0).tolist() == [1] * 90 + [5] * 10


@pytest.mark.parametrize("seed", range(4))
def test_profiles_are_what_a_plain_count_gives(seed: int) -> None:
    rows = random_orders(seed=seed)
    measurer = shop(orders=orders(rows))

    profiles = profiles_of(measurer)

    names = measurer.engine.query("select customer, customer_id from customer_codes").to_pylist()
    ids = {row["customer"]: row["customer_id"] for row in names}
    days: dict[str, list[date]] = defaultdict(list)
    revenue: dict[str, float] = defaultdict(float)
    for customer, moment, amount in rows:
        revenue[customer] += amount
        if amount >= 0:
            days[customer].append(TOKYO.day_of(moment))
    today = date(2024, 7, 1)
    assert profiles.as_of == today
    assert {ids[code] for code in profiles.customer.tolist()} == set(days)
    for place, code in enumerate(profiles.customer.tolist()):
        mine = days[ids[code]]
        assert profiles.orders[place] == len(mine)
        assert profiles.revenue[place] == pytest.approx(revenue[ids[code]])
        assert profiles.days_since_last_order[place] == (today - max(mine)).days
        assert profiles.days_known[place] == (today - min(mine)).days


def test_the_group_of_a_past_day_knows_nothing_of_what_came_later() -> None:
    rows = random_orders(seed=7)
    then = date(2024, 1, 1)
    earlier = [row for row in rows if TOKYO.day_of(row[1]) < then]

    looking_back = rfm(profiles_of(shop(orders=orders(rows)), cutoff=then))

    at_the_time = profiles_of(shop(orders=orders(earlier)), cutoff=then)
    assert Counter(looking_back.label.tolist()) == Counter(rfm(at_the_time).label.tolist())


def test_using_the_product_makes_no_order_twice() -> None:
    """Days of use and of orders stand in one table: joined carelessly, each order would count once per day of use."""
    rows = random_orders(seed=8)
    used = {
        "customer_id": [row[0] for row in rows] * 2,
        "name": ["visit"] * (2 * len(rows)),
        "occurred_at": [row[1] for row in rows] * 2,
    }

    alone, together = profiles_of(shop(orders=orders(rows))), profiles_of(shop(orders=orders(rows), events=used))

    assert np.array_equal(alone.orders.sum(), together.orders.sum())
    assert np.allclose(alone.revenue.sum(), together.revenue.sum())


def test_money_is_compared_within_its_currency() -> None:
    """9,000 won is little among won and would be much among dollars."""
    moment = datetime(2024, 6, 1, 3, tzinfo=UTC)
    won = [(f"k{place:02d}", moment, 9_000.0 + place) for place in range(15)]
    dollars = [(f"u{place:02d}", moment, 10.0 + place) for place in range(15)]
    measurer = shop(orders=orders(won + dollars, currency=["KRW"] * 15 + ["USD"] * 15))

    profiles = profiles_of(measurer)

    _r, _f, money = rfm_scores(profiles)
    for currency in ("KRW", "USD"):
        assert Counter(money[profiles.currency == currency].tolist()) == {1: 3, 2: 3, 3: 3, 4: 3, 5: 3}


def test_orders_can_be_counted_over_a_window() -> None:
    rows = random_orders(seed=9)

    whole, year = profiles_of(shop(orders=orders(rows))), profiles_of(shop(orders=orders(rows)), window_days=365)

    assert np.array_equal(whole.customer, year.customer)
    assert (year.orders <= whole.orders).all() and year.orders.sum() < whole.orders.sum()


def test_a_handful_of_customers_is_not_divided() -> None:
    found = rfm(profiles_of(shop(orders=orders(random_orders(seed=1, customers=12)))))

    assert len(found) == 0
    assert str(found.reason) == "Not enough customers to divide: 12 of 20."


def test_groups_are_described_by_size_share_and_medians() -> None:
    found = rfm(profiles_of(shop(orders=orders(random_orders(seed=2)))))

    rows = {row["label"]: row for row in found.rows()}
    assert sum(row["n"] for row in rows.values()) == len(found)
    assert sum(row["share"] for row in rows.values()) == pytest.approx(1)
    assert rows["champions"]["orders"] > rows["hibernating"]["orders"]
    assert rows["champions"]["days_since_last_order"] < rows["hibernating"]["days_since_last_order"]


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_every_group_has_a_name_in_every_language(language: str) -> None:
    english = [str(name) for name in RFM_NAMES.values()]

    with use_language(language):
        translated = [str(name) for name in RFM_NAMES.values()]

    assert not set(english) & set(translated)
    assert len(set(translated)) == len(RFM_NAMES)

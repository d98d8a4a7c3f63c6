"""Rules of thumb, worked by hand."""

from __future__ import annotations

import pytest

from okaeri.predictions.clv.baselines import OwnRate, PopulationMean, RecentOnly
from tests.predictions.clv.summaries import summary_of

SHOP = summary_of(
    frequency=[4, 1, 0],
    last_purchase=[200, 10, 0],
    age=[299, 499, 19],
    recent=[5, 0, 1],
)


def test_the_own_rate_is_the_last_years_purchases_by_the_time_looked_at() -> None:
    expected = OwnRate.learn(SHOP).expected(SHOP, horizon_days=30)

    assert expected.tolist() == pytest.approx([5 / 300 * 30, 0.0, 1 / 90 * 30])


def test_who_has_been_silent_for_longer_than_nine_of_ten_gaps_has_left() -> None:
    rule = RecentOnly.learn(SHOP)

    # mean gaps of 50 and 10 days: nine tenths of the way between them
    assert rule.silence_days == pytest.approx(46.0)
    assert RecentOnly(silence_days=99).expected(SHOP, horizon_days=30).tolist() == pytest.approx([4 / 300 * 30, 0, 0])
    assert rule.expected(SHOP, horizon_days=30).tolist() == [0, 0, 0]


def test_everybody_alike_is_all_repeat_purchases_by_all_the_time_seen() -> None:
    expected = PopulationMean.learn(SHOP).expected(SHOP, horizon_days=10)

    assert expected.tolist() == pytest.approx([5 / 817 * 10] * 3)


@pytest.mark.parametrize("rule", [OwnRate, RecentOnly, PopulationMean])
def test_a_rule_comes_back_from_its_data(rule: type[OwnRate] | type[RecentOnly] | type[PopulationMean]) -> None:
    learnt = rule.learn(SHOP)

    assert rule.from_data(learnt.as_data()) == learnt

"""The risk list: its order, its sums, and what is said of a customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from okaeri.base.errors import NothingUsable
from okaeri.base.text import Text
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.presence import Presence, PresenceRule
from okaeri.predictions.churn.learning import learn
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.risk.leaving import Leaving
from okaeri.predictions.risk.listing import Expected, RiskList
from tests.predictions.churn.planted import shop

CUSTOMERS = 400
RULE = Presence(rule=PresenceRule(source="subscriptions"))


@pytest.fixture(scope="module")
def model() -> ChurnModel:
    found = learn(shop(800), horizon_days=90, challenger=False)
    assert isinstance(found, ChurnModel)
    return found


@pytest.fixture(scope="module")
def leaving(model: ChurnModel) -> Leaving:
    drawn = shop(CUSTOMERS, seed=3)
    examples = replace(drawn, customer=drawn.customer + 1)  # codes begin at 1
    return Leaving(
        as_of=date(2024, 6, 1),
        horizon_days=90,
        presence=RULE,
        examples=examples,
        model=model,
        chance=model.predict(examples),
    )


@pytest.fixture(scope="module")
def measurer(leaving: Leaving) -> Measurer:
    from okaeri.base.calendar import Calendar

    people = [f"c{number:05}" for number in range(int(leaving.customer.max()))]
    begun = [datetime(2024, 1, 1, tzinfo=UTC)] * len(people)
    tables = {"subscriptions": {"customer_id": people, "started_at": begun}}
    return facts_of(tables, calendar=Calendar(), now=datetime(2024, 6, 2, tzinfo=UTC))


def _expected(leaving: Leaving, value: float | np.ndarray = 10.0) -> Expected:
    values = np.broadcast_to(np.asarray(value, np.float64), leaving.customer.shape).copy()
    return Expected(customer=leaving.customer, value=values, low=values / 2, high=values * 2, days=365, currency="JPY")


def test_without_values_the_surest_leaver_comes_first(leaving: Leaving) -> None:
    chances = RiskList(leaving=leaving).chance[RiskList(leaving=leaving).order]

    assert (np.diff(chances) <= 0).all()


def test_with_values_the_list_goes_by_chance_times_value(leaving: Leaving) -> None:
    worth = np.random.default_rng(1).gamma(1.0, 100.0, len(leaving))
    found = RiskList(leaving=leaving, expected=_expected(leaving, worth))

    assert (np.diff((found.chance * worth)[found.order]) <= 0).all()
    assert found.total_at_risk == pytest.approx(float(found.chance @ worth))


def test_who_has_no_value_comes_last_and_is_counted(leaving: Leaving) -> None:
    some = _expected(leaving)
    half = Expected(
        customer=some.customer[::2], value=some.value[::2], low=some.low[::2], high=some.high[::2], days=365
    )
    found = RiskList(leaving=leaving, expected=half)

    assert found.without_value == len(leaving) - len(half.customer)
    assert np.isnan(found.values[0][found.order][-found.without_value :]).all()


def test_the_expected_leavers_lie_inside_their_range(leaving: Leaving) -> None:
    said, around = RiskList(leaving=leaving).expected_leavers

    assert said == pytest.approx(float(RiskList(leaving=leaving).chance.sum()))
    assert (around.low or 0.0) <= said <= (around.high or 0.0)


def test_a_chance_lies_inside_its_own_range(model: ChurnModel) -> None:
    """Also one far from the mean of the customers it is told with."""
    for chance in (0.0, 0.001, 0.2, 0.5, 0.97, 1.0):
        around = model.range_of(chance)

        assert (around.low or 0.0) <= chance <= (1.0 if around.high is None else around.high)


def test_a_line_has_the_chance_its_range_the_value_and_a_step(leaving: Leaving, measurer: Measurer) -> None:
    first = RiskList(leaving=leaving, expected=_expected(leaving)).top(measurer.engine, n=3)[0]

    row = first.as_row()
    assert row["leaving_low"] <= row["leaving"] <= row["leaving_high"]
    assert row["value_at_risk"] == pytest.approx(row["leaving"] * 10.0)
    assert (row["value_low"], row["value_high"], row["currency"]) == (5.0, 20.0, "JPY")
    assert row["next_step"]


def test_scores_hold_everybody_once_with_the_rule_they_were_made_under(leaving: Leaving, measurer: Measurer) -> None:
    found = RiskList(leaving=leaving)

    rows = found.as_scores(measurer.engine, made_at=datetime(2024, 6, 2, tzinfo=UTC)).to_pylist()

    assert len({row["score_id"] for row in rows}) == len(rows) == len(leaving)
    assert {row["presence"] for row in rows} == {"subscriptions"}
    assert [row["leaving"] for row in rows] == pytest.approx(found.chance.tolist())


def test_what_is_said_again_of_a_day_takes_the_place_of_what_was_said(leaving: Leaving, measurer: Measurer) -> None:
    found = RiskList(leaving=leaving)

    ids = [
        found.as_scores(measurer.engine, made_at=datetime(2024, 6, 2, hour, tzinfo=UTC))["score_id"].to_pylist()
        for hour in (1, 9)
    ]

    assert ids[0] == ids[1]


def test_where_nothing_was_learned_there_is_no_order_and_the_reason_is_said(leaving: Leaving) -> None:
    unlearned = Leaving(
        as_of=leaving.as_of, horizon_days=90, presence=RULE, examples=leaving.examples, reason=Text("Too few.")
    )

    with pytest.raises(NothingUsable, match="Too few"):
        _ = RiskList(leaving=unlearned).chance

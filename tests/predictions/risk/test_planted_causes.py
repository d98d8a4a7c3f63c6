"""A made-up company whose truth is known: the causes planted in it are found and named, what is no cause is not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from okaeri.base.calendar import Calendar
from okaeri.demo.company import Company, simulate_customers
from okaeri.demo.truth import NON_CAUSES
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.features import examples_of, training_days
from okaeri.predictions.churn.features.family import ATTRIBUTE
from okaeri.predictions.churn.learning import NotEnough, learn
from okaeri.predictions.churn.model import ChurnModel

pytestmark = pytest.mark.slow
END, HORIZON = date(2026, 6, 1), 30
# each planted cause and the features through which the facts show it; the price itself tells who pays the new one, and
# shares what it knows with the two features of the rise
TRACES = {
    "bad_support": {"slow_replies_90d", "wait_worst_90d", "wait_mean_90d"},
    "late_delivery": {"tickets_90d:late_delivery"},
    "price_rise": {"days_since_price_rise", "price_rise", "mrr"},
}


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate_customers(20_000, end=END)


@pytest.fixture(scope="module")
def measurer(company: Company) -> Measurer:
    tables = {name: table for name, table in company.facts.items() if table.num_rows}
    return facts_of(tables, calendar=Calendar(zone="Asia/Tokyo"), now=datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def past(measurer: Measurer) -> Examples:
    cutoff, rule = measurer.until(), measurer.presence("subscriptions")
    days = training_days(measurer, horizon_days=HORIZON, presence=rule, cutoff=cutoff, every_days=HORIZON)
    return examples_of(measurer, days, horizon_days=HORIZON, presence=rule, cutoff=cutoff)


@pytest.fixture(scope="module")
def model(past: Examples) -> ChurnModel:
    dated = tuple(each.id for each in past.features if not each.id.startswith(ATTRIBUTE))
    found = learn(past, horizon_days=HORIZON, challenger=False, trusted=dated)
    assert not isinstance(found, NotEnough)
    return found


@pytest.mark.parametrize("cause", TRACES)
def test_a_planted_cause_is_found(model: ChurnModel, cause: str) -> None:
    assert TRACES[cause] & set(model.card.named)


@pytest.mark.parametrize("column", NON_CAUSES)
def test_what_is_no_cause_is_not_named(model: ChurnModel, past: Examples, column: str) -> None:
    name = f"{ATTRIBUTE}{column}"

    assert name in past.labels
    assert name not in model.card.named


def test_those_who_leave_over_slow_support_are_told_so_more_often_than_others(
    model: ChurnModel, past: Examples, company: Company, measurer: Measurer
) -> None:
    """Of the leavers, those whose true reason is slow support hear of waiting at least three times as often."""
    assert past.left is not None
    leavers = past.only(past.left)
    codes = {row["customer"]: row["customer_id"] for row in measurer.engine.query("from customer_codes").to_pylist()}
    truth = dict(zip(*(company.truth[name].to_pylist() for name in ("customer_id", "reason")), strict=True))
    slow = np.array([truth.get(codes[code]) == "bad_support" for code in leavers.customer.tolist()])

    themes = [{reason.feature.theme for reason in each.leaving} for each in model.reasons(leavers)]
    told = np.array(["support" in each for each in themes])

    assert slow.sum() >= 50
    assert told[slow].mean() >= 3 * told[~slow].mean()


def test_the_reasons_never_name_what_is_no_cause(model: ChurnModel, past: Examples) -> None:
    some = past.only(np.arange(0, len(past), 7))

    named = {reason.feature.id for each in model.reasons(some) for reason in (*each.leaving, *each.staying)}

    assert named
    assert not named & {f"{ATTRIBUTE}{column}" for column in NON_CAUSES}

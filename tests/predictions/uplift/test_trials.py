"""Trials as the facts tell them: arms, days, and what came within the horizon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from okaeri.base.calendar import Calendar
from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.text import Text
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.timetable import day_number
from okaeri.predictions.churn.examples import Examples, Feature
from okaeri.predictions.uplift import Trial, from_facts, trial_of
from okaeri.predictions.uplift.trials import Ints, known_before

NOW = datetime(2024, 7, 1, 9, tzinfo=UTC)
SEOUL = Calendar(zone="Asia/Seoul")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def facts(**tables: Any) -> Measurer:
    return facts_of(tables, calendar=SEOUL, now=NOW)


def orders(*rows: tuple[str, str, float]) -> dict[str, Any]:
    return {
        "customer_id": [row[0] for row in rows],
        "ordered_at": [at(row[1]) for row in rows],
        "amount": [row[2] for row in rows],
    }


def assigned(*rows: tuple[str, str, str], experiment: str = "mail") -> dict[str, Any]:
    return {
        "experiment": [experiment] * len(rows),
        "customer_id": [row[0] for row in rows],
        "arm": [row[1] for row in rows],
        "assigned_at": [at(row[2]) for row in rows],
    }


LAST = ("zoe", "2024-06-30T00:00", 1.0)
ORDERS = orders(
    ("aki", "2024-02-01T00:00", 10.0),
    ("aki", "2024-03-01T00:00", 20.0),
    ("aki", "2024-03-30T15:00", 40.0),  # in Seoul this is the 31st, one day after the horizon
    ("chiyo", "2024-02-20T00:00", 5.0),
    ("chiyo", "2024-03-30T14:00", 7.0),
    ("min-jun", "2024-01-01T00:00", 9.0),
    LAST,
)
ASSIGNED = assigned(
    ("aki", "sent", "2024-03-01T00:00"),
    ("chiyo", "control", "2024-03-01T00:00"),
    ("min-jun", "control", "2024-03-01T00:00"),
    ("zoe", "sent", "2024-06-20T00:00"),
)


def by_id(measurer: Measurer, trial: Trial) -> dict[str, tuple[bool, float]]:
    names = measurer.engine.query("select customer, customer_id from customer_codes").to_pylist()
    ids = {row["customer"]: row["customer_id"] for row in names}
    rows = zip(trial.customer.tolist(), trial.treated.tolist(), trial.outcome.tolist(), strict=True)
    return {ids[customer]: (treated, made) for customer, treated, made in rows}


def test_revenue_counts_from_the_day_of_assignment_to_the_horizon() -> None:
    measurer = facts(orders=ORDERS, assignments=ASSIGNED)

    trial = trial_of(measurer, experiment="mail", outcome="revenue", horizon_days=30)

    assert by_id(measurer, trial) == {"aki": (True, 20.0), "chiyo": (False, 7.0), "min-jun": (False, 0.0)}


def test_who_was_assigned_too_lately_is_left_out_and_counted() -> None:
    trial = trial_of(facts(orders=ORDERS, assignments=ASSIGNED), experiment="mail", outcome="bought", horizon_days=30)

    assert trial.unseen == 1
    assert sorted(trial.outcome.tolist()) == [0.0, 1.0, 1.0]


def test_only_customers_of_the_day_can_stay() -> None:
    measurer = facts(orders=ORDERS, assignments=ASSIGNED)

    trial = trial_of(measurer, experiment="mail", outcome="stayed", horizon_days=60, presence="orders:30d")

    # min-jun was silent for two months already; aki's last order reaches to the horizon's end, chiyo's to its eve
    assert by_id(measurer, trial) == {"aki": (True, 1.0), "chiyo": (False, 0.0)}
    assert trial.absent == 1


def test_a_campaign_is_told_by_whom_it_was_held_back_from() -> None:
    touches = {
        "customer_id": ["aki", "chiyo", "min-jun"],
        "campaign": ["spring"] * 3,
        "planned_at": [at("2024-03-01T00:00")] * 3,
        "held_out": [False, True, False],
    }
    measurer = facts(orders=ORDERS, touches=touches)

    trial = trial_of(measurer, campaign="spring", outcome="bought", horizon_days=30)

    assert by_id(measurer, trial) == {"aki": (True, 1.0), "chiyo": (False, 1.0), "min-jun": (True, 0.0)}


def test_two_messages_to_one_customer_are_one_row_in_the_arm_of_the_first() -> None:
    touches = {
        "customer_id": ["aki", "aki", "chiyo"],
        "campaign": ["spring"] * 3,
        "planned_at": [at("2024-03-08T00:00"), at("2024-03-01T00:00"), at("2024-03-01T00:00")],
        "held_out": [True, False, True],
    }
    measurer = facts(orders=ORDERS, touches=touches)

    trial = trial_of(measurer, campaign="spring", outcome="revenue", horizon_days=30)

    assert by_id(measurer, trial) == {"aki": (True, 20.0), "chiyo": (False, 7.0)}


def test_a_message_that_was_never_sent_still_counts_as_treated() -> None:
    touches = {
        "customer_id": ["aki", "chiyo"],
        "campaign": ["spring"] * 2,
        "planned_at": [at("2024-03-01T00:00")] * 2,
        "sent_at": [None, None],
        "held_out": [False, True],
    }

    trial = trial_of(facts(orders=ORDERS, touches=touches), campaign="spring", outcome="bought", horizon_days=30)

    assert trial.treated.sum() == 1


def test_what_was_known_before_ends_on_the_eve_of_the_assignment() -> None:
    measurer = facts(orders=ORDERS, assignments=ASSIGNED)
    trial = trial_of(measurer, experiment="mail", outcome="bought", horizon_days=30)

    known = known_before(measurer, trial)

    rows = {name: dict(zip(by_id(measurer, trial), values.tolist(), strict=True)) for name, values in known.items()}
    assert rows["orders"] == {"aki": 1.0, "chiyo": 1.0, "min-jun": 1.0}
    assert rows["revenue"]["aki"] == 10.0
    assert rows["days_since_last_order"]["aki"] == 29.0
    assert np.isnan(rows["days_since_last_use"]["aki"])


def test_outcomes_are_what_a_plain_count_over_random_orders_gives() -> None:
    rng = np.random.default_rng(3)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [(f"c{rng.integers(40)}", start + timedelta(minutes=int(rng.integers(180 * 24 * 60)))) for _ in range(400)]
    whose = sorted({customer for customer, _at in rows})
    days = {customer: start + timedelta(hours=int(rng.integers(24 * 170))) for customer in whose}
    log = {
        "customer_id": [customer for customer, _at in rows],
        "ordered_at": [moment for _customer, moment in rows],
        "amount": [float(place) for place in range(len(rows))],
    }
    arms = {
        "experiment": ["mail"] * len(whose),
        "customer_id": whose,
        "arm": ["control" if place % 3 else "sent" for place in range(len(whose))],
        "assigned_at": [days[customer] for customer in whose],
    }
    measurer = facts(orders=log, assignments=arms)

    trial = trial_of(measurer, experiment="mail", outcome="revenue", horizon_days=21)

    def local(moment: datetime) -> int:
        return day_number(SEOUL.day_of(moment))

    until = day_number(trial.cutoff)
    expected = {
        customer: sum(
            amount
            for amount, (buyer, moment) in enumerate(rows)
            if buyer == customer and 0 <= local(moment) - local(days[customer]) < 21
        )
        for customer in whose
        if local(days[customer]) + 21 <= until
    }
    assert {customer: made for customer, (_treated, made) in by_id(measurer, trial).items()} == expected


def test_an_unknown_experiment_is_answered_with_the_nearest() -> None:
    with pytest.raises(OkaeriError, match="Use 'mail'"):
        trial_of(facts(orders=ORDERS, assignments=ASSIGNED), experiment="mial", outcome="bought", horizon_days=30)


def test_arms_that_cannot_be_told_apart_are_named() -> None:
    arms = assigned(("aki", "red", "2024-03-01T00:00"), ("chiyo", "blue", "2024-03-01T00:00"))
    measurer = facts(orders=ORDERS, assignments=arms)

    with pytest.raises(OkaeriError, match="Name the two arms"):
        trial_of(measurer, experiment="mail", outcome="bought", horizon_days=30)

    trial = trial_of(measurer, experiment="mail", outcome="bought", horizon_days=30, arms=("red", "blue"))
    assert by_id(measurer, trial) == {"aki": (True, 1.0), "chiyo": (False, 1.0)}


def test_a_horizon_that_nobody_has_lived_through_is_refused() -> None:
    with pytest.raises(NothingUsable, match="choose a shorter horizon"):
        trial_of(facts(orders=ORDERS, assignments=ASSIGNED), experiment="mail", outcome="bought", horizon_days=300)


def test_money_of_several_currencies_is_never_added() -> None:
    mixed = ORDERS | {"currency": ["JPY", "KRW", "JPY", "JPY", "JPY", "JPY", "JPY"]}
    measurer = facts(orders=mixed, assignments=ASSIGNED)

    with pytest.raises(OkaeriError, match="Name the currency to count"):
        trial_of(measurer, experiment="mail", outcome="revenue", horizon_days=30)

    trial = trial_of(measurer, experiment="mail", outcome="revenue", horizon_days=30, currency="KRW")
    assert by_id(measurer, trial)["aki"] == (True, 20.0)


def test_features_from_elsewhere_are_put_in_the_order_of_the_trial() -> None:
    customers = [f"c{place:03d}" for place in range(260)]
    moment = "2024-03-01T00:00"
    arms = assigned(*((each, "control" if place % 2 else "sent", moment) for place, each in enumerate(customers)))
    bought = [(each, "2024-03-02T00:00", 1.0) for place, each in enumerate(customers) if place % 3]
    measurer = facts(orders=orders(*bought, LAST), assignments=arms)

    result = from_facts(measurer, experiment="mail", outcome="bought", horizon_days=30, examples=_turned_round)

    known = result.trial.customer >= 0
    assert np.array_equal(result.features["code"][known], result.trial.customer[known])
    assert result.fit.customers == 260


def test_who_was_assigned_and_never_did_anything_counts_as_one_who_did_not_buy() -> None:
    """Were they left out, the arm in which more people buy would lose fewer, and look the worse for it."""
    ghosts = assigned(
        ("aki", "sent", "2024-03-01T00:00"),
        ("ghost", "sent", "2024-03-01T00:00"),
        ("chiyo", "control", "2024-03-01T00:00"),
        ("shade", "control", "2024-03-01T00:00"),
    )

    trial = trial_of(facts(orders=ORDERS, assignments=ghosts), experiment="mail", outcome="bought", horizon_days=30)

    assert sorted(zip(trial.treated.tolist(), trial.outcome.tolist(), strict=True)) == [
        (False, 0.0),
        (False, 1.0),
        (True, 0.0),
        (True, 1.0),
    ]
    assert len(set(trial.customer.tolist())) == 4


def test_who_has_no_features_is_taken_with_gaps() -> None:
    measurer = facts(orders=ORDERS, assignments=ASSIGNED)

    def some(customer: Ints, day: Ints) -> Examples:
        return _turned_round(customer[1:], day[1:])

    result = from_facts(measurer, experiment="mail", outcome="bought", horizon_days=30, examples=some)

    assert np.isnan(result.features["code"].astype(np.float64)).tolist() == [True, False, False]


def test_features_of_other_days_are_refused() -> None:
    measurer = facts(orders=ORDERS, assignments=ASSIGNED)

    def of_the_eve(customer: Ints, day: Ints) -> Examples:
        return _turned_round(customer, day - 1)

    with pytest.raises(OkaeriError, match="the very customers and days of the trial"):
        from_facts(measurer, experiment="mail", outcome="bought", horizon_days=30, examples=of_the_eve)


def _turned_round(customer: Ints, day: Ints) -> Examples:
    code = Feature(id="code", name=Text("Code"), says=lambda value: Text(str(value)), theme="none")
    numbers = {"code": customer[::-1].astype(np.float64)}
    return Examples(features=(code,), customer=customer[::-1], day=day[::-1], numbers=numbers)


def test_the_cutoff_can_lie_in_the_past() -> None:
    measurer = facts(orders=ORDERS, assignments=ASSIGNED)

    trial = trial_of(measurer, experiment="mail", outcome="bought", horizon_days=30, cutoff=date(2024, 4, 1))

    assert trial.cutoff == date(2024, 4, 1)
    assert len(trial) == 3

"""Stages of life agree with the presence rule, day for day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from okaeri.metrics.measuring import Measurer
from okaeri.predictions.outcomes import present_on
from okaeri.predictions.segments import Segmentation, lifecycle
from tests.predictions.segments.shops import orders, random_orders, shop

TODAY = date(2024, 7, 1)


def stages(measurer: Measurer, found: Segmentation) -> dict[str, str]:
    names = measurer.engine.query("select customer, customer_id from customer_codes").to_pylist()
    ids = {row["customer"]: row["customer_id"] for row in names}
    return {ids[code]: label for code, label in zip(found.customer.tolist(), found.label.tolist(), strict=True)}


def ago(days: int) -> datetime:
    return datetime(2024, 7, 1, 3, tzinfo=UTC) - timedelta(days=days)


def test_each_stage_by_its_definition() -> None:
    rows = [
        *[("lapsed", ago(days), 1.0) for days in (300, 91)],
        *[("edge", ago(days), 1.0) for days in (300, 200, 90)],  # bought 90 days ago: still a customer today
        *[("new", ago(days), 1.0) for days in (80,)],
        *[("active", ago(days), 1.0) for days in (200, 120, 40)],
        *[("slipping", ago(days), 1.0) for days in (200, 120, 46)],
        *[("returning", ago(days), 1.0) for days in (400, 60)],
        ("today", ago(1), 1.0),
    ]
    measurer = shop(orders=orders(rows))

    found = lifecycle(measurer, presence="orders:90d")

    assert stages(measurer, found) == {
        "lapsed": "lapsed",
        "edge": "returning",
        "new": "new",
        "active": "active",
        "slipping": "slipping",
        "returning": "returning",
        "today": "new",
    }


@pytest.mark.parametrize("presence", ["orders:30d", "orders:90d", "orders:365d"])
@pytest.mark.parametrize("day", [date(2023, 6, 1), date(2024, 3, 10), TODAY])
def test_whoever_has_not_lapsed_is_a_customer_by_the_rule(presence: str, day: date) -> None:
    measurer = shop(orders=orders(random_orders(seed=3)))

    found = lifecycle(measurer, presence=presence, cutoff=day)

    here = found.customer[found.label != "lapsed"].tolist()
    rule = measurer.presence(presence, cutoff=day)
    assert here == present_on(measurer, day, presence=rule, cutoff=day).tolist()


def test_the_stage_of_a_past_day_knows_nothing_of_what_came_later() -> None:
    rows, then = random_orders(seed=4), date(2024, 1, 1)
    earlier = [row for row in rows if row[1] < datetime(2023, 12, 31, 15, tzinfo=UTC)]
    today, past = shop(orders=orders(rows)), shop(orders=orders(earlier))

    looking_back = stages(today, lifecycle(today, presence="orders:90d", cutoff=then))

    assert looking_back == stages(past, lifecycle(past, presence="orders:90d", cutoff=then))


def test_a_contract_that_nobody_uses_any_more_is_slipping() -> None:
    contracts = {
        "subscription_id": ["1", "2", "3", "4"],
        "customer_id": ["aki", "chiyo", "min-jun", "zoe"],
        "started_at": [ago(300)] * 4,
        "ended_at": [None, None, ago(20), None],
    }
    used = {
        "customer_id": ["aki", "chiyo", "min-jun"],
        "name": ["login"] * 3,
        "occurred_at": [ago(5), ago(31), ago(25)],
    }
    measurer = shop(subscriptions=contracts, events=used, orders=orders([("zoe", ago(1), 1.0)]))

    found = lifecycle(measurer, presence="subscriptions")

    assert stages(measurer, found) == {"aki": "active", "chiyo": "slipping", "min-jun": "lapsed", "zoe": "active"}


def test_two_orders_on_a_day_make_one_customer() -> None:
    rows = [("aki", ago(days), 1.0) for days in (200, 200, 120, 120, 40, 40)]
    used = {"customer_id": ["aki"] * 3, "name": ["a", "b", "c"], "occurred_at": [ago(40)] * 3}

    found = lifecycle(shop(orders=orders(rows), events=used), presence="orders:90d")

    assert found.label.tolist() == ["active"]


def test_before_the_first_customer_nobody_has_a_stage() -> None:
    measurer = shop(orders=orders(random_orders(seed=5)))

    found = lifecycle(measurer, presence="orders:90d", cutoff=date(2022, 12, 1))

    assert len(found) == 0
    assert str(found.reason) == "Nobody has been a customer yet."

"""Nothing a feature says of a day was known only on that day or later."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from okaeri.demo.company import ZONE, simulate_customers
from okaeri.predictions.churn.features import examples_of
from tests.predictions.churn.worlds import (
    END,
    START,
    World,
    as_known,
    by_customer,
    facts,
    local,
    random_day,
    random_world,
    read,
)

ZONES = ("UTC", "America/Santiago", "Pacific/Kiritimati")
RULES = ("orders:60d", "events:30d", "subscriptions")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("zone", ZONES)
def test_a_day_looks_the_same_before_and_after_the_rest_of_the_story_is_told(zone: str, rule: str) -> None:
    random = Random(f"{zone} {rule}")
    world = random_world(random, zone)
    day = random_day(random, after=START + timedelta(days=200))

    told, then = (
        read(world, day, zone=zone, rule=rule),
        read(as_known(world, day, zone=zone), day, zone=zone, rule=rule),
    )

    assert told and differences(told, then) == {}


@pytest.mark.parametrize("seed", range(2))
def test_a_day_looked_back_on_is_as_it_was(seed: int) -> None:
    random = Random(100 + seed)
    world = random_world(random, "UTC")
    day = END - timedelta(days=215)

    told, then = read(world, day, cutoff=END), read(as_known(world, day, zone="UTC"), day)

    # which kinds have features may differ: they are those of the whole time before the cutoff
    assert told and differences(told, then, shared_only=True) == {}


def test_every_feature_of_the_demo_shop_knows_only_the_past(demo: World) -> None:
    day, end = date(2024, 5, 1), date(2024, 9, 1)
    rule = "orders:90d"

    told = read(demo, day, zone=ZONE, rule=rule, cutoff=end)
    then = read(as_known(demo, day, zone=ZONE), day, zone=ZONE, rule=rule)

    assert len(told) > 40
    assert differences(told, then, shared_only=True) == {}
    assert len(next(iter(then.values()))) > 85


def test_the_check_would_notice_what_is_missing(demo: World) -> None:
    """The comparison is worth something only if what it takes away makes a difference to many features."""
    day = date(2024, 5, 1)

    told = read(demo, day, zone=ZONE)
    blind = read(as_known(demo, day - timedelta(days=20), zone=ZONE), day, zone=ZONE)

    both = told.keys() & blind.keys()
    assert len(differences({who: told[who] for who in both}, {who: blind[who] for who in both})) > 40


def test_customers_of_several_days_are_each_known_as_of_their_own_day() -> None:
    world = random_world(Random(7), "UTC")
    measurer = facts(world, zone="UTC")
    days = [date(2023, 9, 1), date(2023, 10, 1), date(2023, 11, 1)]
    presence = measurer.presence("orders:90d", cutoff=END)

    together = by_customer(measurer, examples_of(measurer, days, horizon_days=60, presence=presence, cutoff=END))
    apart = {
        key: row
        for day in days
        for key, row in by_customer(
            measurer, examples_of(measurer, [day], horizon_days=60, presence=presence, cutoff=END)
        ).items()
    }

    assert together and together.keys() == apart.keys()
    assert differences(together, apart) == {}


@pytest.fixture(scope="module")
def demo() -> World:
    company = simulate_customers(150, end=date(2024, 9, 1))
    return {name: table.to_pylist() for name, table in company.facts.items() if name != "assignments"}


def differences(told: Any, then: Any, *, shared_only: bool = False) -> dict[str, Any]:
    """The features that differ, with the first customer for whom they do."""
    assert told.keys() == then.keys()
    found: dict[str, Any] = {}
    for who, row in told.items():
        names = row.keys() & then[who].keys() if shared_only else row.keys() | then[who].keys()
        for name in names:
            one, other = row.get(name), then[who].get(name)
            same = one == other or (one != one and other != other) or _near(one, other)
            if not same:
                found.setdefault(name, (who, one, other))
    return found


def _near(one: object, other: object) -> bool:
    """Sums of the same amounts in another order."""
    return isinstance(one, float) and isinstance(other, float) and abs(one - other) <= 1e-9 * max(1.0, abs(one))


def test_a_day_begins_at_the_company_s_own_midnight(demo: World) -> None:
    """The worlds above are cut by local days; here it is shown that they are."""
    day = date(2024, 5, 1)

    cut = as_known(demo, day, zone=ZONE)["orders"]

    assert {local(row["ordered_at"], ZONE) for row in cut} <= {day - timedelta(days=n) for n in range(1, 1000)}
    assert len(cut) < len(demo["orders"])

"""Retention against the brute-force count, its worked examples and its laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.measurement import Measurement
from okaeri.frames import facts_of
from okaeri.metrics.metric import find
from okaeri.metrics.result import MetricResult
from okaeri.metrics.staying.retention import RIVALS, why_rivals_differ
from tests.metrics import oracle

ZONES = [
    "UTC",
    "Asia/Tokyo",
    "Asia/Seoul",
    "America/New_York",
    "Europe/London",
    "America/Santiago",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Etc/GMT-14",
    "Australia/Lord_Howe",
]
GRAINS = ["day", "week", "month", "quarter", "year"]
NOW = datetime(2030, 1, 1, tzinfo=UTC)
START = datetime(2023, 1, 1, tzinfo=UTC)
CUSTOMERS = ("aki", "min-jun", "chiyo", "d", "e", "f")
WORLDS = 40
INSTANTS = st.integers(0, 400 * 48).map(lambda half_hours: START + timedelta(minutes=30 * half_hours))


@st.composite
def order_logs(draw: st.DrawFn) -> list[oracle.Visit]:
    """Visits in any order, some of them twice."""
    log = draw(st.lists(st.tuples(st.sampled_from(CUSTOMERS), INSTANTS), min_size=1, max_size=40))
    return draw(st.permutations(log + log[: draw(st.integers(0, 3))]))


def random_instants(random: Random, most: int) -> list[tuple[str, datetime]]:
    """Up to `most` customers with an instant, in any order, some twice; half of them near a midnight somewhere."""
    drawn = [
        (random.choice(CUSTOMERS), START + timedelta(minutes=30 * random.randrange(400 * 48)))
        for _ in range(random.randint(1, most))
    ]
    return drawn + random.sample(drawn, random.randint(0, min(3, len(drawn))))


def random_contracts(random: Random) -> list[oracle.Contract]:
    """Contracts that may overlap, touch, last no time at all, or still run."""
    log: list[oracle.Contract] = []
    for who, start in random_instants(random, 15):
        length = random.choice([None, 0, random.randrange(200 * 48), random.randrange(30 * 48)])
        log.append((who, start, None if length is None else start + timedelta(minutes=30 * length)))
        if length and random.random() < 0.4:
            log.append(
                (
                    who,
                    start + timedelta(minutes=30 * length),
                    None if random.random() < 0.3 else START + timedelta(days=500),
                )
            )
    return log


def orders_of(log: list[oracle.Visit]) -> pa.Table:
    return pa.table(
        {
            "customer_id": [who for who, _ in log],
            "ordered_at": pa.array([when for _, when in log], pa.timestamp("us", tz="UTC")),
            "amount": [1.0] * len(log),
        }
    )


def contracts_of(log: list[oracle.Contract]) -> pa.Table:
    instants = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "subscription_id": [str(n) for n in range(len(log))],
            "customer_id": [who for who, _, _ in log],
            "started_at": pa.array([start for _, start, _ in log], instants),
            "ended_at": pa.array([end for _, _, end in log], instants),
            "mrr": [1.0] * len(log),
        }
    )


def assert_equal_to_the_count(found: Measurement, stays: list[oracle.Stay], cutoff: date) -> None:
    assert found.period is not None
    expected = oracle.counts(stays, start=found.period.start, end=min(found.period.end, cutoff))
    assert dict(found.inputs) == expected, found.period
    assert found.inputs["ce"] - found.inputs["cn"] == found.inputs["retained"]


def assert_every_world_agrees(result: MetricResult, worlds: dict[str, list[oracle.Stay]]) -> None:
    assert {m.segment for m in result.measurements} == set(worlds)
    for found in result.measurements:
        assert_equal_to_the_count(found, worlds[str(found.segment)], result.cutoff)


def apart(number: int, log: list[Any]) -> list[Any]:
    """The same log with customers of its own, so that many worlds fit into one table."""
    return [(f"{number}/{who}", *rest) for who, *rest in log]


def people_of(worlds: list[list[Any]]) -> pa.Table:
    who = sorted({row[0] for log in worlds for row in log})
    return pa.table({"customer_id": who, "world": [name.split("/")[0] for name in who]})


@pytest.mark.parametrize("by", GRAINS)
@pytest.mark.parametrize("zone", ZONES)
def test_retention_of_buyers_equals_the_brute_force_count(zone: str, by: str) -> None:
    """Forty random logs at a time, each a segment: two thousand in all."""
    random = Random(f"buyers {zone} {by}")
    window = random.randint(1, 120)
    worlds = [apart(number, random_instants(random, 40)) for number in range(WORLDS)]
    log = [visit for world in worlds for visit in world]

    result = ok.measure(
        "crr",
        orders=orders_of(log),
        customers=people_of(worlds),
        segment="world",
        by=by,
        presence=f"orders:{window}d",
        calendar=Calendar(zone=zone),
    )

    truth = {str(n): oracle.stays_of_visits(world, zone=zone, window_days=window) for n, world in enumerate(worlds)}
    assert_every_world_agrees(result, truth)


@pytest.mark.parametrize("by", GRAINS)
@pytest.mark.parametrize("zone", ZONES)
def test_retention_of_subscribers_equals_the_brute_force_count(zone: str, by: str) -> None:
    """Forty random logs at a time, each a segment: two thousand in all, with and without days of grace."""
    random = Random(f"subscribers {zone} {by}")
    grace = random.choice([0, 0, 1, 30])
    worlds = [apart(number, random_contracts(random)) for number in range(WORLDS)]
    log = [contract for world in worlds for contract in world]

    measurer = facts_of(
        {"subscriptions": contracts_of(log), "customers": people_of(worlds)}, calendar=Calendar(zone=zone), now=NOW
    )
    measurer.facts = replace(measurer.facts, grace_days=grace)
    result = measurer.measure("crr", by=by, segment="world")

    truth = {str(n): oracle.stays_of_contracts(world, zone=zone, grace_days=grace) for n, world in enumerate(worlds)}
    assert_every_world_agrees(result, truth)


@settings(max_examples=40, deadline=None)
@given(log=order_logs(), zone=st.sampled_from(ZONES), by=st.sampled_from(GRAINS), window=st.integers(1, 120))
def test_any_log_at_all_equals_the_brute_force_count(log: list[oracle.Visit], zone: str, by: str, window: int) -> None:
    result = ok.measure("crr", orders=orders_of(log), by=by, presence=f"orders:{window}d", calendar=Calendar(zone=zone))

    stays = oracle.stays_of_visits(log, zone=zone, window_days=window)
    for found in result.measurements:
        assert_equal_to_the_count(found, stays, result.cutoff)


@settings(max_examples=30, deadline=None)
@given(log=order_logs(), start=st.dates(date(2023, 1, 1), date(2023, 6, 1)), length=st.integers(1, 90))
def test_a_custom_period_equals_the_brute_force_count(log: list[oracle.Visit], start: date, length: int) -> None:
    period = Period(start, start + timedelta(days=length))
    result = ok.measure("crr", orders=orders_of(log), presence="orders:30d", cutoff=date(2025, 1, 1), periods=(period,))

    assert_equal_to_the_count(
        result.measurements[0], oracle.stays_of_visits(log, zone="UTC", window_days=30), result.cutoff
    )


@pytest.mark.parametrize("zone", ZONES)
def test_more_periods_than_one_mask_holds_are_counted_alike(zone: str) -> None:
    """Two hundred weeks need four masks; each boundary between masks must agree with the count."""
    log = [
        (who, datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=step * pace))
        for who, pace in [("aki", 20), ("chiyo", 45), ("d", 91)]
        for step in range(1400 // pace)
    ]

    result = ok.measure("crr", orders=orders_of(log), by="week", presence="orders:40d", calendar=Calendar(zone=zone))

    assert len(result.measurements) > 180
    stays = oracle.stays_of_visits(log, zone=zone, window_days=40)
    for found in result.measurements:
        assert_equal_to_the_count(found, stays, result.cutoff)


@pytest.mark.parametrize("metric", ["crr", "churn", "churn_to_acquisition", "churn_total_base", "churn_same_window"])
def test_a_metric_gives_the_number_its_page_prints(metric: str) -> None:
    """40 customers at the start, 9 of them kept, 6 new: the example of every page of this family."""
    declared = find(metric)
    inputs = {"cs": 40, "ce": 15, "cn": 6, "retained": 9, "lost": 31, "acquired": 6, "came_and_went": 4}
    inputs |= {name: int(value) for name, value in declared.example.inputs.items()}

    part, whole = declared.extra["share"](inputs)

    assert part / whole == declared.example.expect


def test_a_fact_at_exactly_a_period_start_belongs_to_that_period() -> None:
    log = [("aki", datetime(2024, 2, 1, tzinfo=UTC)), ("chiyo", datetime(2024, 3, 9, tzinfo=UTC))]

    result = ok.measure("crr", orders=orders_of(log), presence="orders:60d", start=date(2024, 1, 1))

    assert [m.inputs["acquired"] for m in result.measurements] == [0, 1, 1]


def test_no_customers_at_the_start_is_undefined_with_the_reason() -> None:
    result = ok.measure("crr", orders=orders_of([("aki", datetime(2024, 2, 1, tzinfo=UTC))]))

    assert result.rows[0]["value"] is None
    assert result.rows[0]["state"] == "undefined"
    assert result.rows[0]["reason"] == "Nobody was a customer at the start of the period."


def test_the_open_period_is_partial_and_counted_up_to_the_cutoff() -> None:
    log = [("aki", datetime(2024, 1, 20, tzinfo=UTC)), ("chiyo", datetime(2024, 2, 10, tzinfo=UTC))]

    last = ok.measure("crr", orders=orders_of(log), presence="orders:30d").rows[-1]

    assert (last["state"], last["inputs"]["ce"]) == ("partial", 2)


def test_the_customers_behind_a_figure_are_as_many_as_it_counts() -> None:
    log = [
        ("aki", datetime(2024, 1, 5, tzinfo=UTC)),
        ("aki", datetime(2024, 2, 20, tzinfo=UTC)),
        ("chiyo", datetime(2024, 1, 10, tzinfo=UTC)),
        ("d", datetime(2024, 3, 3, tzinfo=UTC)),
    ]
    result = ok.measure("crr", orders=orders_of(log), presence="orders:30d")

    assert result.customers(period="2024-02", state="lost") == ["chiyo"]
    assert result.customers(period=date(2024, 2, 14), state="retained") == ["aki"]


def test_segments_add_up_to_everybody() -> None:
    log = [(who, datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=9 * n)) for n, who in enumerate("aabbccddeeff" * 2)]
    customers = pa.table({"customer_id": list("abcde"), "plan": ["x", "x", "y", "y", None]})

    whole = ok.measure("crr", orders=orders_of(log), presence="orders:30d")
    parts = ok.measure("crr", orders=orders_of(log), customers=customers, presence="orders:30d", segment="plan")

    for index, row in enumerate(whole.rows):
        same = [r["inputs"] for r in parts.rows if r["period_start"] == row["period_start"]]
        assert {name: sum(part[name] for part in same) for name in row["inputs"]} == row["inputs"], index
    assert {row["segment"] for row in parts.rows} == {"x", "y", ""}


def test_several_currencies_do_not_count_a_customer_twice() -> None:
    """A buyer in two currencies on one day has two customer-days: a trap for every join on them."""
    log = orders_of([("aki", datetime(2024, 1, 5, tzinfo=UTC))] * 2 + [("chiyo", datetime(2024, 2, 3, tzinfo=UTC))])
    log = log.append_column("currency", pa.array(["JPY", "KRW", "JPY"]))

    result = ok.measure("crr", orders=log, presence="orders:90d")

    assert result.rows[-1]["inputs"]["cs"] == 1


def test_renewals_count_only_contracts_that_came_up() -> None:
    start, month = datetime(2024, 1, 1, tzinfo=UTC), timedelta(days=31)
    log = [
        ("aki", start, start + 1.2 * month),
        ("chiyo", start, None),
        ("d", start, start + 1.1 * month),
        ("d", start + 1.1 * month, None),
        ("e", start + 2 * month, None),
    ]

    february = ok.measure("churn_could_have", subscriptions=contracts_of(log)).rows[1]

    assert february["inputs"] == {"due": 2, "lost": 1, "ran_through": 1}


def test_where_only_endings_are_seen_nobody_says_that_all_who_could_leave_left() -> None:
    start, month = datetime(2024, 1, 1, tzinfo=UTC), timedelta(days=31)
    log = [("aki", start, start + 1.2 * month), ("chiyo", start, None), ("e", start + 2 * month, None)]

    february = ok.measure("churn_could_have", subscriptions=contracts_of(log)).rows[1]

    assert (february["value"], february["state"]) == (None, "undefined")
    assert february["inputs"] == {"due": 1, "lost": 1, "ran_through": 1}
    assert "Only endings are seen" in february["reason"]


def test_when_everybody_left_everybody_who_could_leave_did() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    log: list[oracle.Contract] = [("aki", start, start + timedelta(days=40)), ("e", start + timedelta(days=70), None)]

    assert ok.measure("churn_could_have", subscriptions=contracts_of(log)).rows[1]["value"] == 1.0


def test_an_end_after_the_cutoff_does_not_undo_the_renewal_day_before_it() -> None:
    log: list[oracle.Contract] = [("aki", datetime(2024, 1, 5, tzinfo=UTC), datetime(2024, 4, 20, tzinfo=UTC))]
    renews = pa.array([datetime(2024, 3, 10, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    contracts = contracts_of(log).append_column("renews_at", renews)

    march = ok.measure("churn_could_have", subscriptions=contracts, cutoff=date(2024, 4, 1)).rows[2]

    assert march["inputs"] == {"due": 1, "lost": 0, "ran_through": 0}


def test_the_rivals_say_why_they_differ() -> None:
    sentences = [str(text) for text in why_rivals_differ({"cs": 40, "cn": 6, "came_and_went": 4, "lost": 31})]

    assert len(RIVALS) == 4
    assert sentences[0].startswith("10 customers joined")
    assert "4 customers came and went" in sentences[1]

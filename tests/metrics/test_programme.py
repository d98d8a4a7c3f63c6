"""Members and rewards against sets of people, one instant at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import wilson
from okaeri.base.measurement import State
from okaeri.metrics.metric import find
from tests.metrics.ledgers import Entry, people, points
from tests.metrics.oracle import local_day, present, stays_of_visits
from tests.metrics.purchases import ZONES, Order, table

START = datetime(2023, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = "orders:30d"
INSTANT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Membership:
    """One membership; without an end it runs."""

    customer: str
    joined: datetime
    left: datetime | None = None
    tier: str = "leaf"


@dataclass(frozen=True)
class Reward:
    """One reward, given and perhaps used."""

    customer: str
    given: datetime
    used: datetime | None = None
    name: str = "bag"


def memberships(rows: Iterable[Membership]) -> pa.Table:
    known = list(rows)
    return pa.table(
        {
            "customer_id": [m.customer for m in known],
            "tier": [m.tier for m in known],
            "joined_at": pa.array([m.joined for m in known], INSTANT),
            "left_at": pa.array([m.left for m in known], INSTANT),
        }
    )


def rewards(rows: Iterable[Reward]) -> pa.Table:
    known = list(rows)
    return pa.table(
        {
            "customer_id": [r.customer for r in known],
            "name": [r.name for r in known],
            "issued_at": pa.array([r.given for r in known], INSTANT),
            "redeemed_at": pa.array([r.used for r in known], INSTANT),
        }
    )


def some_time(random: Random) -> datetime:
    return START + timedelta(minutes=30 * random.randrange(420 * 48))


def world(random: Random, count: int) -> tuple[list[Order], list[Membership], list[Entry], list[Reward]]:
    """Customers of `count` worlds; some are members twice, some never bought."""
    names = [f"{number}/{name}" for number in range(count) for name in ("aki", "min-jun", "chiyo", "d")]
    orders = [Order(random.choice(names), some_time(random)) for _ in range(12 * count)]
    members, entries, given = [], [], []
    for _ in range(4 * count):
        first, second, third = sorted(some_time(random) for _ in range(3))
        who, tier = random.choice(names), random.choice(["leaf", "tree"])
        members.append(Membership(who, first, random.choice([None, second]), tier))
        kind = random.choice(["earn", "spend", "adjust", "expire"])
        entries.append(Entry(who, kind, 10.0 if kind == "earn" else -10.0, third))
        given.append(Reward(random.choice(names), first, random.choice([None, second, third]), random.choice("ab")))
    return orders, members, entries, given


def members_at(rows: Iterable[Membership], day: date, zone: str) -> set[str]:
    return {
        m.customer
        for m in rows
        if local_day(m.joined, zone) < day and (m.left is None or day <= local_day(m.left, zone))
    }


@pytest.mark.parametrize("split", ["world", "tier", None])
@pytest.mark.parametrize("by", ["week", "quarter"])
@pytest.mark.parametrize("zone", ZONES)
def test_participation_equals_the_sets_of_people(zone: str, by: str, split: str | None) -> None:
    orders, members, _entries, _given = world(Random(f"participation {zone} {by} {split}"), 12)
    customers = people([*(o.customer for o in orders), *(m.customer for m in members)])

    result = ok.measure(
        "participation",
        orders=table(orders),
        memberships=memberships(members),
        customers=customers,
        by=by,
        segment=split,
        presence=RULE,
        calendar=Calendar(zone=zone),
    )

    stays = stays_of_visits([(o.customer, o.at) for o in orders], zone=zone, window_days=30)
    segments = {"tier": {"leaf", "tree"}, "world": {"0", "11"}, None: {"all"}}[split]
    assert {m.segment for m in result.measurements} >= segments
    for m in result.measurements:
        assert m.period
        end = min(m.period.end, result.cutoff)
        mine = [row for row in members if split != "tier" or row.tier == m.segment]
        here, inside = present(stays, end), members_at(mine, end, zone)
        if split == "world":
            here, inside = ({who for who in s if who.split("/")[0] == m.segment} for s in (here, inside))
        assert m.inputs == {
            "member_customers": len(here & inside),
            "customers": len(here),
            "members": len(inside),
        }
        assert m.value == (len(here & inside) / len(here) if here else None)
        assert m.interval == (wilson(len(here & inside), len(here)) if here else None)


@pytest.mark.parametrize("split", ["tier", None])
@pytest.mark.parametrize("zone", ZONES)
def test_engagement_equals_the_sets_of_people(zone: str, split: str | None) -> None:
    orders, members, entries, given = world(Random(f"programme_engagement {zone} {split}"), 10)

    result = ok.measure(
        "programme_engagement",
        orders=table(orders),
        memberships=memberships(members),
        points=points(entries),
        rewards=rewards(given),
        by="month",
        segment=split,
        calendar=Calendar(zone=zone),
    )

    acts = [(e.customer, local_day(e.at, zone)) for e in entries if e.kind in ("earn", "spend")]
    acts += [(r.customer, local_day(r.used, zone)) for r in given if r.used]
    assert len(result.measurements) >= 14
    for m in result.measurements:
        assert m.period
        end = min(m.period.end, result.cutoff)
        inside = members_at([row for row in members if split is None or row.tier == m.segment], end, zone)
        lately = {who for who, day in acts if end - 90 * DAY <= day < end}
        assert m.inputs == {"engaged": len(inside & lately), "members": len(inside)}
        assert m.value == (len(inside & lately) / len(inside) if inside else None)


@pytest.mark.parametrize("zone", ZONES)
def test_reward_redemption_by_name_equals_a_count_by_hand(zone: str) -> None:
    _orders, _members, _entries, given = world(Random(f"reward_redemption {zone}"), 10)

    result = ok.measure(
        "reward_redemption", rewards=rewards(given), by="month", segment="name", calendar=Calendar(zone=zone)
    )

    for m in result.measurements:
        assert m.period
        mine = [r for r in given if r.name == m.segment]
        issued = [r for r in mine if m.period.start <= local_day(r.given, zone) < m.period.end]
        used = sum(bool(r.used) and m.period.start <= local_day(r.used or START, zone) < m.period.end for r in mine)
        assert m.inputs == {
            "rewards_used": used,
            "rewards_given": len(issued),
            "used_of_given": sum(r.used is not None for r in issued),
        }
        assert m.value == (used / len(issued) if issued else None)


def everybody(count: int, *, members: int, acting: int = 0) -> dict[str, pa.Table]:
    names = [f"c{n}" for n in range(count)]
    return {
        "orders": table(Order(name, START) for name in names),
        "memberships": memberships(Membership(name, START) for name in names[:members]),
        "points": points(Entry(name, "earn", 5.0, START) for name in names[:acting]),
    }


def test_participation_gives_the_number_its_page_prints() -> None:
    tables = everybody(180, members=45, acting=1)

    found = ok.measure("participation", **tables, by="all", presence=RULE).measurements[0]

    assert found.inputs == {**find("participation").example.inputs, "members": 45}
    assert found.value == find("participation").example.expect


def test_programme_engagement_gives_the_number_its_page_prints() -> None:
    found = ok.measure("programme_engagement", **everybody(80, members=80, acting=60), by="all").measurements[0]

    assert (found.inputs, found.value) == (
        find("programme_engagement").example.inputs,
        find("programme_engagement").example.expect,
    )


def test_reward_redemption_gives_the_number_its_page_prints() -> None:
    given = [Reward("aki", START, START + DAY if n < 34 else None) for n in range(50)]

    found = ok.measure("reward_redemption", rewards=rewards(given), by="all").measurements[0]

    assert found.value == find("reward_redemption").example.expect


def test_a_customer_with_two_memberships_is_one_member() -> None:
    """Memberships fan out: two programmes, or an old and a new one on the same day, are still one person."""
    rows = [Membership("aki", START, tier="leaf"), Membership("aki", START, tier="tree")]
    tables = {"orders": table([Order("aki", START), Order("chiyo", START)]), "memberships": memberships(rows)}

    whole = ok.measure("participation", **tables, by="all", presence=RULE).measurements
    tiers = ok.measure("participation", **tables, by="all", presence=RULE, segment="tier").measurements

    assert [(m.value, m.inputs["members"]) for m in whole] == [(0.5, 1)]
    assert [(m.segment, m.value) for m in tiers] == [("leaf", 0.5), ("tree", 0.5)]


def test_a_member_who_is_no_customer_is_shown_and_not_counted() -> None:
    rows = [Membership("aki", START), Membership("min-jun", START)]
    tables = {"orders": table([Order("aki", START), Order("chiyo", START)]), "memberships": memberships(rows)}

    found = ok.measure("participation", **tables, by="all", presence=RULE).measurements[0]

    assert found.inputs == {"member_customers": 1, "customers": 2, "members": 2}


def test_a_tier_that_nobody_has_yet_is_none_of_the_customers_not_unknown() -> None:
    rows = [Membership("aki", START), Membership("aki", START + 35 * DAY, tier="tree")]
    orders = table([Order("aki", START + n * DAY) for n in (0, 20, 40)])

    found = ok.measure(
        "participation", orders=orders, memberships=memberships(rows), by="month", presence=RULE, segment="tier"
    ).measurements

    assert [(m.segment, m.value) for m in found] == [("leaf", 1.0), ("leaf", 1.0), ("tree", 0.0), ("tree", 1.0)]


def test_several_acts_of_one_member_are_one_active_member() -> None:
    """Points and rewards fan out: many entries, and a reward that several of them paid for."""
    entries = [Entry("aki", kind, 5.0, START + n * DAY) for n in range(4) for kind in ("earn", "spend")]
    tables = {
        "memberships": memberships([Membership("aki", START), Membership("chiyo", START)]),
        "points": points(entries),
        "rewards": rewards([Reward("aki", START, START + DAY)] * 3),
    }

    found = ok.measure("programme_engagement", **tables, by="all").measurements[0]

    assert found.inputs == {"engaged": 1, "members": 2}


def test_without_customers_or_members_a_share_is_undefined_and_says_so() -> None:
    tables = {
        "orders": table([Order("aki", START)]),
        "memberships": memberships([Membership("aki", START, START + DAY)]),
        "points": points([Entry("aki", "earn", 5.0, START + 80 * DAY)]),
    }

    shares = [ok.measure(m, **tables, by="month", presence=RULE) for m in ("participation", "programme_engagement")]

    march = [result.measurements[2] for result in shares]
    assert [(m.value, m.state, str(m.reason)) for m in march] == [
        (None, State.UNDEFINED, "Nobody was a customer at the end of the period."),
        (None, State.UNDEFINED, "Nobody was a member at the end of the period."),
    ]


def test_a_reward_used_before_the_first_membership_and_points_still_counts() -> None:
    tables = {
        "memberships": memberships([Membership("aki", START + 20 * DAY)]),
        "points": points([Entry("chiyo", "earn", 5.0, START + 21 * DAY)]),
        "rewards": rewards([Reward("aki", START, START + DAY)]),
    }

    found = ok.measure("programme_engagement", **tables, by="day").measurements

    assert [m.inputs["engaged"] for m in found] == [1, 1]


def test_active_members_are_not_split_by_what_is_no_column_of_members() -> None:
    tables = {
        "memberships": memberships([Membership("aki", START)]),
        "points": points([Entry("aki", "earn", 5.0, START)]),
        "rewards": rewards([Reward("aki", START, START + DAY)]),
    }

    with pytest.raises(OkaeriError, match="no customer attribute called 'name'"):
        ok.measure("programme_engagement", **tables, by="all", segment="name")

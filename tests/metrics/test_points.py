"""Points against a clerk's books: balances, what lapses unbooked, breakage from the triangle, and liability."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar
from okaeri.base.measurement import State
from okaeri.base.ratios import RatioSums, kept_interval
from okaeri.facts.rules import Rules
from okaeri.frames import facts_of
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.metric import find
from okaeri.metrics.programme.points import month_of
from tests.metrics.ledgers import START, Entry, Settled, ledgers, people, points, settle
from tests.metrics.purchases import ZONES

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = {"points_issued": "earn", "points_spent": "spend", "points_expired": "expire"}
DAY = timedelta(days=1)


def measure(metric: str, worlds: dict[str, list[Entry]], *, zone: str = "UTC", by: str = "month") -> ok.Result:
    flat = [entry for entries in worlds.values() for entry in entries]
    customers = people(entry.customer for entry in flat)
    calendar = Calendar(zone=zone)
    return ok.measure(metric, points=points(flat), customers=customers, segment="world", by=by, calendar=calendar)


def alone(metric: str, *entries: Entry, by: str = "all") -> ok.Measurement:
    return ok.measure(metric, points=points(entries), by=by).measurements[0]


def sums(settled: Settled, *, start: date, end: date) -> dict[str, float]:
    found = {name: 0.0 for name in (*KINDS, "points_adjusted")}
    names = {kind: name for name, kind in KINDS.items()}
    for _customer, day, kind, amount in settled.happenings:
        if start <= day < end:
            name = names.get(kind, "points_adjusted")
            found[name] += amount if name in ("points_issued", "points_adjusted") else -amount
    return found


@pytest.mark.parametrize("books", [False, True])
@pytest.mark.parametrize("lasts", [None, 45, 120])
@pytest.mark.parametrize("zone", ZONES)
def test_points_outstanding_equals_the_clerks_books(zone: str, lasts: int | None, books: bool) -> None:
    worlds = ledgers(Random(f"points {zone} {lasts} {books}"), 12, lasts=lasts, books=books)

    result = measure("points_outstanding", worlds, zone=zone)

    whole = settle([e for entries in worlds.values() for e in entries], zone=zone, cutoff=result.cutoff)
    for m in result.measurements:
        assert m.period
        mine = Settled([h for h in whole.happenings if h[0].split("/")[0] == m.segment])
        told = sums(mine, start=date.min, end=m.period.end)
        balances: dict[str, float] = defaultdict(float)
        for customer, day, _kind, amount in mine.happenings:
            balances[customer] += amount if day < m.period.end else 0.0
        assert {name: m.inputs[name] for name in told} == told
        assert m.value == sum(balances.values())
        assert m.inputs["points_owed"] == sum(max(balance, 0.0) for balance in balances.values())
        assert m.inputs["overdrawn"] == sum(balance < 0 for balance in balances.values())


@pytest.mark.parametrize("books", [False, True])
def test_what_was_issued_was_spent_has_expired_was_adjusted_or_is_outstanding(books: bool) -> None:
    worlds = ledgers(Random(f"law {books}"), 60, books=books)

    found = measure("points_outstanding", worlds).measurements

    assert sum(m.inputs["points_expired"] > 0 for m in found) > 100
    for m in found:
        told = m.inputs
        assert m.value is not None
        assert told["points_issued"] == (
            told["points_spent"] + told["points_expired"] + m.value - told["points_adjusted"]
        )


@pytest.mark.parametrize("by", ["week", "quarter"])
@pytest.mark.parametrize("zone", ZONES[:2])
def test_redemption_of_a_period_and_ever_equal_the_sums_by_hand(by: str, zone: str) -> None:
    worlds = ledgers(Random(f"redemption {zone} {by}"), 10)

    rate, ever = (measure(metric, worlds, zone=zone, by=by) for metric in ("redemption_rate", "redemption_ever"))

    for now, so_far in zip(rate.measurements, ever.measurements, strict=True):
        assert now.period
        settled = settle(worlds[str(now.segment)], zone=zone, cutoff=rate.cutoff)
        for m, start in ((now, now.period.start), (so_far, date.min)):
            told = sums(settled, start=start, end=now.period.end)
            issued, spent = told["points_issued"], told["points_spent"]
            assert (m.inputs["points_issued"], m.inputs["points_spent"]) == (issued, spent)
            assert m.value == (pytest.approx(spent / issued) if issued else None)
            if issued:
                assert m.interval == kept_interval(by_customer(settled, m, start, now.period.end))


def by_customer(settled: Settled, found: ok.Measurement, start: date, end: date) -> RatioSums:
    pairs: dict[str, list[float]] = {}
    for customer, day, kind, amount in settled.happenings:
        # since the start, also those whose only entries are of other kinds are units
        if start <= day < end and (kind in ("earn", "spend") or start == date.min):
            pair = pairs.setdefault(customer, [0.0, 0.0])
            pair[0] += amount if kind == "earn" else 0.0
            pair[1] -= amount if kind == "spend" else 0.0
    x, y = [pair[0] for pair in pairs.values()], [pair[1] for pair in pairs.values()]
    assert found.n == len(pairs)
    return RatioSums(
        n=len(pairs),
        x=sum(x),
        y=sum(y),
        xx=sum(a * a for a in x),
        xy=sum(a * b for a, b in zip(x, y, strict=True)),
        yy=sum(b * b for b in y),
    )


def projected(settled: Settled, before: int) -> tuple[float, float, float, float | None]:
    """Credited, lapsed, left, and the share of what is left that will lapse; None when that is not known."""
    credited: dict[int, float] = defaultdict(float)
    gone: dict[tuple[int, int, str], float] = defaultdict(float)
    for born, day, kind, amount in settled.fates:
        month, later = month_of(born), month_of(day)
        if kind == "credit" and month < before:
            credited[month] += amount
        elif later < before:
            gone[month, later - month, kind if kind in ("spend", "expire") else "taken"] += amount
    months = range(min(credited, default=before), before)
    ways = ("spend", "expire", "taken")
    still = {
        (month, age): credited[month] - sum(gone[month, a, way] for a in range(age) for way in ways)
        for month in months
        for age in range(before - month + 1)
    }

    def fate(age: int) -> tuple[float, float]:
        """The share that lapses, and the share nobody has watched, of what is there at the start of an age."""
        watched = [month for month in months if month + age < before]
        there = sum(still[month, age] for month in watched)
        if not there:
            return 0.0, 1.0
        out = {way: sum(gone[month, age, way] for month in watched) / there for way in ways}
        lapse, unknown = fate(age + 1)
        stays = 1 - sum(out.values())
        return (out["expire"] + stays * lapse, stays * unknown) if stays > 1e-12 else (out["expire"], 0.0)

    left = {month: still[month, before - month] for month in months}
    whole = sum(left.values())
    shares = {month: fate(before - month) for month in months if left[month]}
    unknown = sum(left[month] * share[1] for month, share in shares.items())
    lapse = sum(left[month] * share[0] for month, share in shares.items())
    known = unknown <= 0.01 * whole
    lapsed = sum(amount for (_m, _a, way), amount in gone.items() if way == "expire")
    return sum(credited.values()), lapsed, whole, (lapse / (whole - unknown) if whole else 0.0) if known else None


@pytest.mark.parametrize("books", [False, True])
@pytest.mark.parametrize("zone", ZONES)
def test_breakage_and_liability_equal_the_triangle_by_hand(zone: str, books: bool) -> None:
    worlds = ledgers(Random(f"breakage {zone} {books}"), 12, lasts=70, books=books, most=120)
    flat = [entry for entries in worlds.values() for entry in entries]
    priced = measurer(zone, flat, point_value=1.5)

    breakage, liability = (priced.measure(m, by="month", segment="world") for m in ("breakage", "points_liability"))

    whole = any(e.kind == "expire" for e in flat)
    assert whole is books
    defined = 0
    for m, owed in zip(breakage.measurements, liability.measurements, strict=True):
        assert m.period
        # every ledger books its expiry or none does, so that each can be settled alone
        entries = [*worlds[str(m.segment)], *([Entry("nobody", "expire", -0.0, START)] if books else [])]
        settled = settle(entries, zone=zone, cutoff=breakage.cutoff)
        credited, lapsed, left, share = projected(settled, month_of(min(m.period.end, breakage.cutoff)))
        assert m.inputs["points_credited"] == credited
        assert m.inputs["points_lapsed"] == pytest.approx(lapsed)
        if not credited:
            continue
        if share is None:
            assert m.value is None and m.interval and m.reason
            continue
        assert m.value == pytest.approx((lapsed + share * left) / credited)
        if owed.inputs["points_owed"]:
            assert owed.value == pytest.approx(owed.inputs["points_owed"] * (1 - share) * 1.5)
        defined += 1
    assert defined > 5


def measurer(zone: str, entries: list[Entry], *, point_value: float) -> Measurer:
    tables = {"points": points(entries), "customers": people(e.customer for e in entries)}
    plain = facts_of(tables, calendar=Calendar(zone=zone), now=NOW)
    return Measurer(plain.engine, replace(plain.facts, rules=Rules(point_value=point_value), currency="JPY"))


def month(number: int) -> datetime:
    return datetime(2023 + number // 12, number % 12 + 1, 10, tzinfo=UTC)


def worked_example() -> list[Entry]:
    """Of every month's 4,000 points 3,200 are spent in the month after, 800 lapse in the one after that."""
    earned = [Entry(f"c{n}", "earn", 4_000.0, month(n), month(n + 2)) for n in range(10)]
    spent = [Entry(f"c{n}", "spend", -3_200.0, month(n + 1)) for n in range(9)]
    return [*earned, *spent, Entry("c9", "spend", -0.0, month(10))]


def test_breakage_gives_the_number_its_page_prints() -> None:
    """10 × 4,000 points credited up to October; 8 × 800 have lapsed, 800 and a fifth of 4,000 will."""
    found = ok.measure("breakage", points=points(worked_example()), by="month").measurements[9]

    assert found.inputs["points_credited"] == find("breakage").example.inputs["points_credited"]
    assert found.inputs["points_lapsed"] + found.inputs["points_to_lapse"] == pytest.approx(8_000)
    assert found.value == pytest.approx(find("breakage").example.expect)
    assert found.interval and found.interval.level == 1.0
    assert (found.interval.low, found.interval.high) == (6_400 / 40_000, (6_400 + 800 + 4_000) / 40_000)


def test_points_liability_gives_the_number_its_page_prints() -> None:
    example = find("points_liability").example
    older = [Entry("a", "earn", 100.0, month(0), month(2)), Entry("a", "spend", -75.0, month(1))]
    entries = [*older, Entry("b", "earn", 6_000.0, month(3), month(5)), Entry("c", "earn", 0.0, month(4), month(6))]

    found = measurer("UTC", entries, point_value=2.0).measure("points_liability", by="month").measurements[3]

    assert found.inputs == pytest.approx(example.inputs)
    assert found.value == pytest.approx(example.expect)
    assert found.currency == "JPY"


def test_points_outstanding_and_redemption_give_the_numbers_their_pages_print() -> None:
    first = [Entry("a", "earn", 35_000.0, START), Entry("a", "spend", -30_600.0, START)]
    later = [Entry("a", "earn", 5_000.0, START + 40 * DAY), Entry("a", "spend", -3_400.0, START + 40 * DAY)]
    outstanding = find("points_outstanding").example
    booked = {"earn": "points_issued", "spend": "points_spent", "expire": "points_expired", "adjust": "points_adjusted"}
    signs = {"earn": 1, "adjust": 1, "spend": -1, "expire": -1}
    entries = [Entry("a", kind, signs[kind] * outstanding.inputs[name], START) for kind, name in booked.items()]

    assert alone("points_outstanding", *entries).value == outstanding.expect
    rate, ever = (
        ok.measure(metric, points=points([*first, *later]), by="month").measurements[1]
        for metric in ("redemption_rate", "redemption_ever")
    )
    assert rate.value == find("redemption_rate").example.expect
    assert ever.value == find("redemption_ever").example.expect


def test_points_are_used_before_they_lapse_and_never_lapse_twice() -> None:
    """100 points until 1 February, 60 spent up to that very instant, 30 afterwards from the points that came later."""
    ends = START + 31 * DAY
    entries = [Entry("aki", "earn", 100.0, START, ends), Entry("aki", "spend", -30.0, START)]
    entries.append(Entry("aki", "spend", -30.0, ends))
    entries += [
        Entry("aki", "earn", 50.0, START + 35 * DAY, START + 60 * DAY),
        Entry("aki", "spend", -30.0, START + 40 * DAY),
        Entry("aki", "earn", 1.0, START + 90 * DAY),
    ]

    found = ok.measure("points_outstanding", points=points(entries), by="month").measurements

    assert [m.inputs["points_expired"] for m in found] == [0.0, 40.0, 60.0, 60.0]
    assert [m.value for m in found] == [70.0, 20.0, 0.0, 1.0]


def test_a_ledger_that_books_its_expiry_is_believed() -> None:
    ends = START + 31 * DAY
    entries = [Entry("aki", "earn", 100.0, START, ends), Entry("aki", "expire", -100.0, ends + 10 * DAY)]
    entries.append(Entry("chiyo", "earn", 10.0, START, ends))

    found = ok.measure("points_outstanding", points=points(entries), by="month").measurements

    assert [m.value for m in found] == [110.0, 10.0]


def test_a_customer_below_zero_is_shown_and_the_next_points_pay_it_off() -> None:
    entries = [Entry("aki", "spend", -30.0, START), Entry("chiyo", "earn", 20.0, START)]
    entries.append(Entry("aki", "earn", 50.0, START + 40 * DAY))

    january, february = ok.measure("points_outstanding", points=points(entries), by="month").measurements

    assert (january.value, january.inputs["points_owed"], january.inputs["overdrawn"]) == (-10.0, 20.0, 1)
    assert (february.value, february.inputs["points_owed"], february.inputs["overdrawn"]) == (40.0, 40.0, 0)


def test_points_that_nobody_has_seen_lapse_have_no_breakage_but_a_certain_range() -> None:
    entries = [Entry("aki", "earn", 100.0, START), Entry("aki", "spend", -40.0, START + 40 * DAY)]
    entries.append(Entry("aki", "earn", 1.0, START + 70 * DAY))

    january, february, _march = ok.measure("breakage", points=points(entries), by="month").measurements

    assert (january.value, february.value, february.state) == (None, None, State.UNDEFINED)
    assert february.interval and (february.interval.low, february.interval.high) == (0.0, 0.6)
    assert "what will lapse is not known" in str(february.reason)


def test_without_a_price_of_a_point_there_is_no_liability_but_advice() -> None:
    found = alone("points_liability", Entry("aki", "earn", 100.0, START))

    assert found.value is None
    assert "set `point_value` under `[rules]`" in str(found.reason)


def test_a_period_in_which_nothing_was_earned_has_no_redemption() -> None:
    entries = [Entry("aki", "earn", 100.0, START), Entry("aki", "spend", -40.0, START + 40 * DAY)]

    february = ok.measure("redemption_rate", points=points(entries), by="month").measurements[1]

    assert (february.value, str(february.reason)) == (None, "No points were earned in the period.")


def test_a_reward_that_several_entries_paid_for_does_not_multiply_them() -> None:
    """The ledger is never joined with the rewards: two part payments of one reward are two entries of their own."""
    rewards = {"reward_id": ["r", "s"], "customer_id": ["aki", "aki"], "issued_at": [START, START]}
    entries = [
        Entry("aki", "earn", 100.0, START),
        Entry("aki", "spend", -30.0, START),
        Entry("aki", "spend", -20.0, START),
    ]
    table = points(entries).append_column("reward_id", [[None, "r", "r"]])

    found = ok.measure("redemption_ever", points=table, rewards=rewards, by="all").measurements[0]

    assert found.inputs == {"points_spent": 50.0, "points_issued": 100.0}

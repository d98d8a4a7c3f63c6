"""Who asks for help, of whom: contacts against sets of people, one period at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa
import pytest

import okaeri as ok
from okaeri.base.calendar import Calendar, Period
from okaeri.base.intervals import wilson
from okaeri.frames import facts_of
from okaeri.metrics.metric import find
from okaeri.metrics.support.contacts import tickets_per_customer_cell
from tests.metrics import purchases
from tests.metrics.oracle import Stay, local_day, present, stays_of_contracts, stays_of_visits
from tests.metrics.purchases import Order
from tests.metrics.tickets import START, ZONES, Ticket, random_log, table

WINDOW = 30
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def world(random: Random) -> tuple[list[Ticket], list[Order]]:
    """Tickets of the half-year that the orders of many worlds reach into; some writers never bought."""
    return [*random_log(random), Ticket("never-bought", START, id="n")], purchases.random_log(random)


def ask(metric: str, log: list[Ticket], orders: list[Order], *, zone: str = "UTC", **question: object) -> ok.Result:
    return ok.measure(
        metric,
        tickets=table(log),
        orders=purchases.table(orders),
        calendar=Calendar(zone=zone),
        presence=f"orders:{WINDOW}d",
        **question,  # type: ignore[arg-type]  # the question differs from test to test
    )


def was_here(stays: list[Stay], *, period: Period, cutoff: date) -> set[str]:
    """Present at the start, or come since: a stay that begins on a day of the period."""
    end = min(period.end, cutoff)
    return present(stays, period.start) | {s.customer for s in stays if period.start <= s.start < end}


@pytest.mark.parametrize("by", ["week", "month", "all"])
@pytest.mark.parametrize("zone", ZONES)
def test_contacts_equal_the_sets_by_hand(zone: str, by: str) -> None:
    for seed in range(3):
        log, orders = world(Random(f"contacts {zone} {by} {seed}"))

        tables = {"tickets": table(log), "orders": purchases.table(orders)}
        there = facts_of(tables, calendar=Calendar(zone=zone), now=NOW)
        rates, each = (
            there.measure(m, by=by, presence=f"orders:{WINDOW}d") for m in ("contact_rate", "tickets_per_customer")
        )

        stays = stays_of_visits([(o.customer, o.at) for o in orders if o.purchase], zone=zone, window_days=WINDOW)
        for rate, per_head in zip(rates.measurements, each.measurements, strict=True):
            assert rate.period
            here = was_here(stays, period=rate.period, cutoff=rates.cutoff)
            asked = [t for t in log if rate.period.start <= local_day(t.opened, zone) < rate.period.end]
            wrote = {t.customer for t in asked}
            counts = {"wrote": len(wrote & here), "customers_here": len(here), "outsiders": len(wrote - here)}
            assert rate.inputs == counts
            assert rate.interval == (wilson(len(wrote & here), len(here)) if here else None)
            tickets = sum(t.customer in here for t in asked)
            assert per_head.inputs["tickets"] == tickets
            assert per_head.value == (tickets / len(here) if here else None)


def test_contracts_that_run_at_some_instant_of_the_period_are_the_customers_of_it() -> None:
    """One began before, one inside, one ended before, and one came and went inside."""
    spells = [(1, 90), (40, 45), (1, 20), (33, None)]
    day = datetime(2024, 1, 1, tzinfo=UTC)
    started = [day + timedelta(days=start) for start, _end in spells]
    ended = [None if end is None else day + timedelta(days=end) for _start, end in spells]
    contracts = pa.table({"customer_id": list("abcd"), "started_at": started, "ended_at": ended})
    tickets = table([Ticket("a", day + timedelta(days=41)), Ticket("c", day + timedelta(days=41), id="of c")])

    february = ok.measure("contact_rate", tickets=tickets, subscriptions=contracts).measurements[1]

    stays = stays_of_contracts(list(zip("abcd", started, ended, strict=True)), zone="UTC", grace_days=0)
    assert february.period and {s.customer for s in stays} == set("abcd")
    assert february.inputs == {"wrote": 1, "customers_here": 3, "outsiders": 1}


def test_a_customer_with_many_orders_and_tickets_is_one_customer_who_wrote() -> None:
    """Tickets and visits would multiply each other if both were joined row by row."""
    orders = [Order("aki", START + timedelta(days=n)) for n in range(20)] + [Order("chiyo", START)]
    log = [Ticket("aki", START + timedelta(days=n), id=str(n)) for n in range(20)]

    rate, each = (ask(m, log, orders, by="all").measurements[0] for m in ("contact_rate", "tickets_per_customer"))

    assert rate.inputs == {"wrote": 1, "customers_here": 2, "outsiders": 0}
    assert each.inputs["tickets"] == 20


@pytest.mark.parametrize("column", ["agent", "topic"])
def test_every_agent_and_topic_stands_over_all_customers(column: str) -> None:
    log, orders = world(Random("by agent"))

    whole, parts = (ask("tickets_per_customer", log, orders, segment=split).measurements for split in (None, column))

    for one in whole:
        mine = [part for part in parts if part.period == one.period]
        assert {part.inputs["customers_here"] for part in mine} == {one.inputs["customers_here"]}
        assert sum(part.inputs["tickets"] for part in mine) == one.inputs["tickets"]


def test_a_segment_of_customers_stands_over_its_own_customers() -> None:
    orders = [Order(who, START) for who in ("aki", "chiyo", "min-jun")]
    people = pa.table({"customer_id": ["aki", "chiyo", "min-jun"], "city": ["Osaka", "Osaka", "Seoul"]})

    found = ok.measure(
        "contact_rate",
        tickets=table([Ticket("aki", START)]),
        orders=purchases.table(orders),
        customers=people,
        segment="city",
        by="all",
    ).measurements

    assert [(m.segment, m.value) for m in found] == [("Osaka", 0.5), ("Seoul", 0.0)]


@pytest.mark.parametrize(("metric", "each"), [("contact_rate", 1), ("tickets_per_customer", 2)])
def test_contacts_give_the_numbers_their_pages_print(metric: str, each: int) -> None:
    orders = [Order(f"c{n}", START) for n in range(400)]
    writers = 30 if each == 1 else 24
    log = [Ticket(f"c{n}", START, id=f"{n} {k}") for n in range(writers) for k in range(each)]

    found = ask(metric, log, orders, by="all").measurements[0]

    assert found.value == find(metric).example.expect


def test_no_ticket_at_all_still_leaves_an_upper_bound() -> None:
    orders = [Order(f"c{n}", START) for n in range(100)]

    found = ask("tickets_per_customer", [Ticket("outsider", START)], orders, by="all").measurements[0]

    assert found.interval and (found.value, found.interval.low) == (0.0, 0.0)
    assert found.interval.high == pytest.approx(3.6889 / 100, rel=1e-4)


def test_the_interval_of_tickets_per_customer_holds_the_truth_when_people_write_in_bursts() -> None:
    """How many customers there are, the share of them that writes, and how many tickets each of those may open."""
    shops = [(150, 0.08, (1, 1, 1, 4)), (60, 0.3, (1, 2, 3)), (300, 0.1, (1,)), (500, 0.03, (1, 1, 2, 6))]
    random, held = Random(7), []
    for _round in range(500):
        for customers, writes, sizes in shops:
            bursts = [random.choice(sizes) for _customer in range(customers) if random.random() < writes]
            around = tickets_per_customer_cell(find("tickets_per_customer"), row_of(customers, bursts)).interval
            assert around and around.low is not None and around.high is not None
            held.append(around.low <= writes * sum(sizes) / len(sizes) <= around.high)

    assert sum(held) / len(held) >= 0.94


def row_of(customers: int, bursts: list[int]) -> dict[str, int]:
    squares = sum(size**2 for size in bursts)
    most = max(bursts, default=0)
    return {"customers_here": customers, "tickets": sum(bursts), "squares": squares, "most": most, "outsiders": 0}

"""Komorebi Coffee: a made-up shop whose facts hang together and whose secrets are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa

from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.demo.campaigns import assignments_table, campaign_truth, touches_table
from okaeri.demo.life import Lives, live
from okaeri.demo.loyalty import run_programme
from okaeri.demo.month import only
from okaeri.demo.orders import Sales, sell
from okaeri.demo.people import People, draw_people
from okaeri.demo.profiles import as_attributes, profiles
from okaeri.demo.seasons import START, Seasons, seasons_until
from okaeri.demo.spend import spend_table
from okaeri.demo.subscriptions import subscriptions_table
from okaeri.demo.support import tickets_table
from okaeri.demo.truth import causes_table, truth_table
from okaeri.demo.usage import events_table, steps_table
from okaeri.demo.voice import answers_table, mentions_table
from okaeri.facts.contracts import TABLES

Size = Literal["small", "medium", "large"]
CUSTOMERS: dict[str, int] = {"small": 2_000, "medium": 100_000, "large": 1_000_000}
NAME, ZONE, CURRENCY = "Komorebi Coffee", "Asia/Tokyo", "JPY"
BLOCK_CUSTOMERS = 50_000
_ROWS_PER_CUSTOMER = 1_000  # room for each block's own numbers in every id


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """The shop from `start` up to, not including, `end`; `facts` has one Arrow table per fact contract.

    `profiles` is the customer list with plain columns, `late_orders` flags the orders that arrive weeks late,
    `truths` holds what no fact says: `leaving` (customer, instant, reason), `causes` and `campaigns`.
    """

    start: date
    end: date
    seed: int
    facts: Mapping[str, pa.Table]
    profiles: pa.Table
    late_orders: pa.ChunkedArray
    truths: Mapping[str, pa.Table]

    @property
    def truth(self) -> pa.Table:
        """Why each customer who left did so: `customer_id`, `left_at`, `reason`."""
        return self.truths["leaving"]


def simulate(size: Size | str, *, seed: int = 7, end: date) -> Company:
    """The whole shop in memory: 2,000 (small), 100,000 (medium) or 1,000,000 customers (large: about 8 GB).

    For the large shop `blocks` gives the same rows piece by piece. Raises `OkaeriError` for an unknown size.

    >>> simulate("small", end=date(2023, 6, 1)).facts["customers"].num_rows
    2000
    """
    return together(list(blocks(size, seed=seed, end=end)))


def blocks(size: Size | str, *, seed: int = 7, end: date) -> Iterator[Company]:
    """The shop in blocks of 50,000 customers; each is whole in itself, spend comes with the first.

    >>> len(list(blocks("small", end=date(2023, 6, 1))))
    1
    """
    if size not in CUSTOMERS:
        raise unknown(_("demo size"), size, CUSTOMERS, listed_by="okaeri demo --help")
    return _blocks(CUSTOMERS[size], seed=seed, end=end)


def simulate_customers(customers: int, *, seed: int = 7, end: date) -> Company:
    """The shop with any number of customers.

    >>> simulate_customers(10, end=date(2023, 6, 1)).facts["customers"].num_rows
    10
    """
    return together(list(_blocks(customers, seed=seed, end=end)))


def _blocks(customers: int, *, seed: int, end: date) -> Iterator[Company]:
    seasons = seasons_until(end)
    for first in range(0, customers, BLOCK_CUSTOMERS):
        count = min(BLOCK_CUSTOMERS, customers - first)
        people = draw_people(seasons, first=first, customers=count, seed=seed)
        spend = spend_table(seasons, customers=customers, seed=seed)
        yield _tell(people, live(people, seasons, seed=seed), seasons, spend if first == 0 else spend[:0], end, seed)


def together(parts: list[Company]) -> Company:
    """Blocks as one company."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    leaving = pa.concat_tables([part.truth for part in parts]).sort_by([("left_at", "ascending")])
    return Company(
        start=first.start,
        end=first.end,
        seed=first.seed,
        facts={name: pa.concat_tables([part.facts[name] for part in parts]) for name in first.facts},
        profiles=pa.concat_tables([part.profiles for part in parts]),
        late_orders=pa.chunked_array([chunk for part in parts for chunk in part.late_orders.chunks], pa.bool_()),
        truths={**first.truths, "leaving": leaving},
    )


def _tell(people: People, lives: Lives, seasons: Seasons, spend: pa.Table, end: date, seed: int) -> Company:
    first_id = people.first * _ROWS_PER_CUSTOMER
    sales = sell(people, lives.orders, lives.left_day, seasons, first_id=first_id, seed=seed)
    listed = profiles(people, seed=seed)
    facts = {
        "customers": listed.select(["customer_id", "joined_at"]).append_column("attributes", as_attributes(listed)),
        "orders": sales.table,
        "subscriptions": subscriptions_table(people, lives.pauses, lives.left_day, seasons, first_id=first_id),
        "spend": spend,
        **_told(people, lives, seasons, first_id, seed),
        **_programme(people, lives, seasons, sales, first_id, seed),
    }
    return Company(
        start=START,
        end=end,
        seed=seed,
        facts={
            name: facts[name].select(table.names).cast(table.arrow_schema())
            for name, table in TABLES.items()
            if name in facts
        },
        profiles=listed,
        late_orders=pa.chunked_array([pa.array(sales.late)]),
        truths={
            "leaving": truth_table(people.first, lives.left_day, lives.reason),
            "causes": causes_table(),
            "campaigns": campaign_truth(),
        },
    )


def _told(people: People, lives: Lives, seasons: Seasons, first_id: int, seed: int) -> dict[str, pa.Table]:
    """What customers did, asked and said, and what was sent to them."""
    left, reason = lives.left_day, lives.reason
    tickets, rated = tickets_table(people, lives.tickets, seasons, first_id=first_id, seed=seed)
    touches = only(lives.touches, lives.touches["day"] < left[lives.touches["customer"]])
    return {
        "events": events_table(people, lives.usage, seasons, first_id=first_id, seed=seed),
        "tickets": tickets,
        "answers": answers_table(people, lives.nps, rated, left, seasons, first_id=first_id, seed=seed),
        "mentions": mentions_table(people, lives.nps, left, reason, seasons, first_id=first_id, seed=seed),
        "touches": touches_table(people, touches, first_id=first_id, seed=seed),
        "assignments": assignments_table(people, touches),
        "steps": steps_table(people, left, seasons, seed=seed),
    }


def _programme(
    people: People, lives: Lives, seasons: Seasons, sales: Sales, first_id: int, seed: int
) -> dict[str, pa.Table]:
    bought = only(sales.rows, (sales.rows["amount"] > 0) & (sales.rows["returned"] == 0))
    programme = run_programme(people, bought, lives.left_day, seasons, first_id=first_id, seed=seed)
    return {"memberships": programme.memberships, "points": programme.points, "rewards": programme.rewards}

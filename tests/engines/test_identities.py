"""Merged ids are one customer: every figure is that of facts whose ids were replaced beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError
from okaeri.customers import find_customer
from okaeri.engines.derived import DERIVED
from okaeri.facts.contracts import TABLES, Table
from okaeri.facts.lake import Lake
from okaeri.facts.workspace import Workspace
from okaeri.frames import facts_of
from okaeri.metrics.catalogue import METRICS
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.segments import segments_sql
from okaeri.opening import open_facts
from okaeri.predictions.churn.features.gathering import examples_of
from tests.engines.random_facts import PEOPLE, START, TODAY, random_rows

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
TOKYO = Calendar(zone="Asia/Tokyo")
TOLD = [table for table in TABLES.values() if table.name != "identities"]
Row = dict[str, Any]
Log = Mapping[str, Sequence[Row]]


def random_log(random: Random) -> dict[str, list[Row]]:
    return {table.name: random_rows(table, random, ["JPY"]) for table in TOLD}


def random_identities(random: Random) -> dict[str, str]:
    """Some ids that are somebody else: chains, rings and ids that are themselves again come of chance."""
    return {one: random.choice([*PEOPLE[:12], one]) for one in random.sample(PEOPLE, 25)}


def kept(one: str, same_as: Mapping[str, str]) -> str:
    """Follow an id by hand; of a ring the least is kept."""
    way = [one]
    while (following := same_as.get(way[-1], way[-1])) not in way:
        way.append(following)
    return min(way[way.index(following) :])


def replaced(log: Log, same_as: Mapping[str, str]) -> dict[str, list[Row]]:
    """The log as if every id had been the kept one from the beginning."""
    found = {}
    for table in TOLD:
        rows = [(row, _renamed(row, same_as)) for row in log[table.name]]
        found[table.name] = _one_each(table, rows) if "customer_id" in table.key else [new for _old, new in rows]
    return found


def _renamed(row: Row, same_as: Mapping[str, str]) -> Row:
    whose = row.get("customer_id")
    return row if whose is None else {**row, "customer_id": kept(whose, same_as)}


def _one_each(table: Table, rows: Sequence[tuple[Row, Row]]) -> list[Row]:
    time = str(table.time)
    late = NOW + timedelta(days=9999)

    def before(pair: tuple[Row, Row]) -> tuple[Any, ...]:
        old, new = pair
        is_other, at = old["customer_id"] != new["customer_id"], old[time] or late
        return (*((is_other, at) if table.name == "customers" else (at, is_other)), old["customer_id"])

    groups: dict[tuple[Any, ...], list[tuple[Row, Row]]] = {}
    for pair in rows:
        groups.setdefault(tuple(pair[1][name] for name in table.key), []).append(pair)
    return [
        {**min(group, key=before)[1], time: min((old[time] for old, _new in group if old[time]), default=None)}
        for group in groups.values()
    ]


def measurer_of(log: Log, same_as: Mapping[str, str] | None = None) -> Measurer:
    told = [{"customer_id": one, "same_as": other} for one, other in (same_as or {}).items()]
    tables = {name: pa.Table.from_pylist(list(rows), schema=TABLES[name].arrow_schema()) for name, rows in log.items()}
    if same_as is not None:
        tables["identities"] = pa.Table.from_pylist(told, schema=TABLES["identities"].arrow_schema())
    return facts_of(tables, calendar=TOKYO, now=NOW)


def rows_of(measurer: Measurer, name: str) -> list[str]:
    named = f"select c.customer_id, t.* exclude (customer) from {name} t join customer_codes c using (customer)"
    sql = named if name in DERIVED and name != "customer_codes" else f"from {name}"
    return sorted(map(str, measurer.engine.query(sql).to_pylist()))


@pytest.fixture(scope="module")
def both() -> list[tuple[Measurer, Measurer]]:
    """Measurers over logs with merged ids, and over the same logs with the ids replaced by hand."""
    pairs = []
    for seed in range(2):
        random = Random(seed)
        log, same_as = random_log(random), random_identities(random)
        assert len({kept(one, same_as) for one in PEOPLE}) < len(PEOPLE) - 5
        pairs.append((measurer_of(log, same_as), measurer_of(replaced(log, same_as))))
    return pairs


@pytest.mark.parametrize("name", [*(table.name for table in TOLD), *DERIVED])
def test_every_table_reads_as_if_the_ids_had_been_replaced(both: list[tuple[Measurer, Measurer]], name: str) -> None:
    for merged, by_hand in both:
        assert rows_of(merged, name) == rows_of(by_hand, name)


@pytest.mark.parametrize("asked", [{}, {"segment": "city"}], ids=["whole", "by city"])
@pytest.mark.parametrize("metric", METRICS)
def test_every_figure_is_that_of_the_replaced_ids(
    both: list[tuple[Measurer, Measurer]], metric: str, asked: Mapping[str, Any]
) -> None:
    for merged, by_hand in both:
        assert _answer(merged, metric, asked) == _answer(by_hand, metric, asked)


def _answer(measurer: Measurer, metric: str, asked: Mapping[str, Any]) -> list[Any]:
    try:
        found = measurer.measure(metric, by="quarter", **asked)
    except OkaeriError as error:
        return [error.what]
    inputs = ({name: _rounded(value) for name, value in each.inputs.items()} for each in found.measurements)
    return [str(found.presence), *map(str, found.measurements), *inputs]


def _rounded(value: Any) -> Any:
    """Sums of the same numbers in another order differ in their last digit."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def test_predictions_learn_from_one_customer(both: list[tuple[Measurer, Measurer]]) -> None:
    day = START.date() + timedelta(days=150)
    for merged, by_hand in both:
        one, other = (
            examples_of(each, [day], horizon_days=60, presence=each.presence("orders:90d"), cutoff=each.until())
            for each in (merged, by_hand)
        )

        assert len(one) > 3
        assert [feature.id for feature in one.features] == [feature.id for feature in other.features]
        for mine, theirs in ((one.numbers, other.numbers), (one.labels, other.labels)):
            assert {name: list(map(str, each)) for name, each in mine.items()} == {
                name: list(map(str, each)) for name, each in theirs.items()
            }
        assert one.left is not None and other.left is not None
        assert one.left.tolist() == other.left.tolist()


def test_the_figures_of_the_ids_as_they_were_told_are_others() -> None:
    random = Random(0)
    log, same_as = random_log(random), random_identities(random)
    told, merged = measurer_of(log), measurer_of(log, same_as)

    different = [metric for metric in METRICS if _answer(told, metric, {}) != _answer(merged, metric, {})]
    silent = [metric for metric in METRICS if len(_answer(merged, metric, {})) < 2]

    assert len(different) > len(METRICS) / 2
    assert len(silent) < len(METRICS) / 4, silent


@dataclass
class Shop:
    """A workspace whose facts are brought in one after the other, and the same log for counting by hand."""

    workspace: Workspace
    log: dict[str, list[Row]] = field(default_factory=lambda: {table.name: [] for table in TOLD})
    same_as: dict[str, str] = field(default_factory=dict)

    def land(self, table: str, rows: Sequence[Row], *, now: datetime = NOW) -> None:
        batch = pa.Table.from_pylist(list(rows), schema=TABLES[table].arrow_schema())
        Lake(self.workspace.lake_path).land(table, batch, batch_id=None, now=now)

    def tell(self, table: str, rows: Sequence[Row]) -> None:
        self.log[table] += rows
        self.land(table, rows)

    def merge(self, one: str, other: str, *, now: datetime = NOW) -> None:
        self.same_as[one] = other
        self.land("identities", [{"customer_id": one, "same_as": other, "decided_at": now}], now=now)

    def derived(self) -> list[list[str]]:
        measurer = open_facts(self.workspace, now=NOW)
        return [rows_of(measurer, name) for name in DERIVED if name != "customer_codes"]

    def by_hand(self) -> list[list[str]]:
        measurer = measurer_of(replaced(self.log, self.same_as))
        return [rows_of(measurer, name) for name in DERIVED if name != "customer_codes"]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(Workspace.create(tmp_path / "shop", zone="Asia/Tokyo"))


def test_what_is_kept_beside_the_facts_follows_merges_undone_merges_and_facts_that_come_later(shop: Shop) -> None:
    orders, events = (random_rows(TABLES[name], Random(7), ["JPY"]) for name in ("orders", "events"))
    aki, ben, chiyo = PEOPLE[:3]
    merges = [(aki, ben), (ben, chiyo), None, (chiyo, aki), (ben, ben), (aki, aki)]
    for part, merge in enumerate(merges):
        shop.tell("orders", orders[part :: len(merges)])
        shop.tell("events", events[part :: len(merges)])
        if merge:
            shop.merge(*merge)

        assert shop.derived() == shop.by_hand()


def test_an_undone_merge_leaves_the_figures_as_they_were(shop: Shop) -> None:
    shop.tell("orders", random_rows(TABLES["orders"], Random(3), ["JPY"]))
    apart = shop.derived()

    shop.merge(PEOPLE[0], PEOPLE[1])
    together = shop.derived()
    shop.merge(PEOPLE[0], PEOPLE[0])

    assert together != apart
    assert shop.derived() == apart


def test_what_was_known_before_a_merge_knows_nothing_of_it(shop: Shop) -> None:
    shop.tell("orders", random_rows(TABLES["orders"], Random(3), ["JPY"]))
    shop.merge(PEOPLE[0], PEOPLE[1], now=NOW + timedelta(hours=2))

    then, now = (open_facts(shop.workspace, now=NOW, as_of=at) for at in (NOW + timedelta(hours=1), None))

    names = [measurer.engine.query("from customer_codes")["customer_id"].to_pylist() for measurer in (then, now)]
    assert set(names[0]) - set(names[1]) == {PEOPLE[0]}


def test_a_customer_with_two_profiles_is_counted_once_in_their_own_group() -> None:
    """The trap: a join with the customers of the facts would count whoever has two rows there twice."""
    log = {
        "orders": [{"order_id": "1", "customer_id": "aki", "ordered_at": NOW, "amount": 5.0, "kind": "purchase"}],
        "customers": [
            {"customer_id": "aki", "joined_at": NOW - timedelta(days=9), "attributes": '{"city": "Osaka"}'},
            {"customer_id": "aki@shop", "joined_at": NOW - timedelta(days=4), "attributes": '{"city": "Kobe"}'},
        ],
    }
    engine = measurer_of(log, {"aki": "aki@shop"}).engine

    (profile,) = engine.query("from customers").to_pylist()

    assert engine.query(segments_sql(engine, "city", cutoff=0))["segment"].to_pylist() == ["Kobe"]
    assert (profile["customer_id"], profile["joined_at"]) == ("aki@shop", NOW - timedelta(days=9))


def test_a_former_id_still_finds_the_customer() -> None:
    log = {"orders": [{"order_id": "1", "customer_id": "aki", "ordered_at": NOW, "amount": 5.0, "kind": "purchase"}]}
    engine = measurer_of(log, {"aki": "aki@shop"}).engine

    assert [find_customer(engine, name) for name in ("aki", "aki@shop")] == ["aki@shop", "aki@shop"]

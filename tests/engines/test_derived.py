"""The derived tables: extended by new files they equal a rebuild, and both equal a count by hand."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from okaeri.engines import derived
from okaeri.engines.derived import DERIVED, SOURCES, Recipe, local_day, refresh
from okaeri.engines.duckdb import DuckDB
from okaeri.facts.contracts import TABLES

START = datetime(2024, 3, 8, tzinfo=UTC)
EPOCH = date(1970, 1, 1)
ZONES = ["UTC", "America/Santiago", "Africa/Cairo", "Pacific/Kiritimati", "Etc/GMT+12"]
NEW_YORK = Recipe(zone="America/New_York", currency="JPY")
TABLES_BY_ID = {
    "customer_codes": "select customer_id from customer_codes order by customer_id",
    "customer_days": """select c.customer_id, d.* exclude (customer)
        from customer_days d join customer_codes c on c.customer = d.customer order by all""",
    "customer_totals": """select c.customer_id, t.* exclude (customer)
        from customer_totals t join customer_codes c on c.customer = t.customer order by all""",
}
Row = dict[str, object]


@dataclass
class Lake:
    """Parquet files by table, as the lake would name them."""

    folder: Path
    files: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in SOURCES})
    numbers: Iterator[int] = field(default_factory=count)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in SOURCES})

    def land(self, table: str, rows: Sequence[Row]) -> None:
        path = str(self.folder / f"{table}-{next(self.numbers)}.parquet")
        pq.write_table(pa.Table.from_pylist(list(rows), schema=TABLES[table].arrow_schema()), path)
        self.files[table].append(path)
        self.rows[table] += rows

    def engine(self) -> DuckDB:
        engine = DuckDB(threads=1)
        for table, files in self.files.items():
            engine.scan(table, files, schema=TABLES[table].arrow_schema())
        return engine

    def refreshed(self, recipe: Recipe, *, into: str = "derived") -> dict[str, list[Row]]:
        """The three tables by customer id: codes are numbers that only mean something inside one folder."""
        engine = self.engine()
        refresh(engine, self.folder / into, self.files, recipe)
        return {name: engine.query(sql).to_pylist() for name, sql in TABLES_BY_ID.items()}


def order(customer: str, *, at: datetime = START, amount: float = 10.0, currency: str = "JPY", n: int = 0) -> Row:
    kind = "return" if amount < 0 else "purchase"
    named = {"order_id": f"{customer}-{n}", "customer_id": customer}
    return {**named, "ordered_at": at, "amount": amount, "currency": currency, "kind": kind}


def event(customer: str, *, at: datetime = START, n: int = 0) -> Row:
    return {
        "event_id": f"{customer}-{n}",
        "customer_id": customer,
        "name": "visit",
        "occurred_at": at,
        "properties": "{}",
    }


def random_orders(random: Random, customers: Sequence[str]) -> list[Row]:
    """Amounts in quarters, so that sums are exact in any order."""
    return [
        order(
            random.choice(customers),
            at=START + timedelta(minutes=30 * random.randrange(96)),
            amount=random.randrange(-20, 80) / 4,
            currency=random.choice(["JPY", "KRW", ""]),
            n=random.randrange(10**9),
        )
        for _ in range(random.randrange(12))
    ]


def random_events(random: Random, customers: Sequence[str]) -> list[Row]:
    at = [START + timedelta(minutes=30 * random.randrange(96)) for _ in range(random.randrange(8))]
    return [event(random.choice(customers), at=when, n=random.randrange(10**9)) for when in at]


def by_hand(lake: Lake, recipe: Recipe) -> list[Row]:
    """customer_days as a person with a calendar would count them."""
    days: dict[tuple[str, int, str], Counter[str]] = {}
    zone = ZoneInfo(recipe.zone)
    for row in lake.rows["orders"]:
        day = (row["ordered_at"].astimezone(zone).date() - EPOCH).days  # type: ignore[attr-defined]  # an instant
        amount, bought = float(str(row["amount"])), row["kind"] == "purchase"
        counted = days.setdefault((str(row["customer_id"]), day, str(row["currency"]) or recipe.currency), Counter())
        counted["orders"] += bought
        counted["revenue"] += amount if bought or recipe.returns == "net" else 0  # type: ignore[assignment]  # a float
    for row in lake.rows["events"]:
        day = (row["occurred_at"].astimezone(zone).date() - EPOCH).days  # type: ignore[attr-defined]  # an instant
        days.setdefault((str(row["customer_id"]), day, ""), Counter())["events"] += 1
    figures = ("orders", "revenue", "events")
    return [
        {"customer_id": customer, "day": day, "currency": currency, **{name: counted[name] for name in figures}}
        for (customer, day, currency), counted in sorted(days.items())
    ]


@pytest.mark.parametrize("returns", ["net", "apart"])
def test_what_is_extended_file_by_file_equals_a_rebuild_and_a_count_by_hand(
    tmp_path: Path, seeds: range, returns: str
) -> None:
    for seed in seeds[:8]:
        random = Random(seed)
        recipe = Recipe(zone=random.choice(ZONES), returns=returns, currency="JPY")
        (tmp_path / str(seed)).mkdir()
        lake = Lake(tmp_path / str(seed))
        people = ["aki", "min-jun"]
        for _ in range(4):
            people.append(f"new-{random.randrange(100)}")
            for table, rows in (("orders", random_orders(random, people)), ("events", random_events(random, people))):
                if random.random() < 0.8:
                    lake.land(table, rows)
            extended = lake.refreshed(recipe)

        assert extended == lake.refreshed(recipe, into=f"afresh-{seed}")
        assert extended["customer_days"] == by_hand(lake, recipe)


def test_only_new_files_are_read_when_nothing_older_changed(tmp_path: Path) -> None:
    """The old file is made unreadable: whoever opens it fails."""
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki"), order("aki", n=1), order("min-jun")])
    lake.refreshed(NEW_YORK)
    lake.land("orders", [order("aki", n=2, amount=5.0), order("chiyo")])
    codes_only = pa.Table.from_pylist([order("aki"), order("min-jun")], schema=TABLES["orders"].arrow_schema())
    pq.write_table(codes_only, lake.files["orders"][0])

    days = {row["customer_id"]: row["orders"] for row in lake.refreshed(NEW_YORK)["customer_days"]}

    assert days == {"aki": 3, "min-jun": 1, "chiyo": 1}


def test_codes_given_once_stay_as_they_are(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("min-jun"), order("zoe")])
    codes = "select customer, customer_id from customer_codes"
    first = lake.engine()
    refresh(first, tmp_path / "derived", lake.files, NEW_YORK)
    lake.land("events", [event("aki")])
    second = lake.engine()

    refresh(second, tmp_path / "derived", lake.files, NEW_YORK)

    before = {(row["customer"], row["customer_id"]) for row in first.query(codes).to_pylist()}
    after = {(row["customer"], row["customer_id"]) for row in second.query(codes).to_pylist()}
    assert after - before == {(3, "aki")}
    assert before < after


def test_a_replaced_file_triggers_a_rebuild(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki"), order("gone")])
    lake.land("orders", [order("min-jun")])
    lake.refreshed(NEW_YORK)
    lake.files["orders"].pop(0)
    lake.land("orders", [order("aki", amount=99.0)])

    tables = lake.refreshed(NEW_YORK)

    assert [row["customer_id"] for row in tables["customer_codes"]] == ["aki", "min-jun"]
    assert [row["revenue"] for row in tables["customer_days"]] == [99.0, 10.0]


@pytest.mark.parametrize(
    "other", [Recipe(zone="Asia/Tokyo", currency="JPY"), Recipe(zone=NEW_YORK.zone, returns="apart", currency="JPY")]
)
def test_another_zone_or_way_of_treating_returns_is_another_folder(tmp_path: Path, other: Recipe) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki"), order("aki", n=1, amount=-4.0)])
    first = lake.refreshed(NEW_YORK)

    assert lake.refreshed(other) != first
    assert lake.refreshed(NEW_YORK) == first
    assert len(list((tmp_path / "derived").iterdir())) == 2


@pytest.mark.parametrize(("returns", "revenue"), [("net", 6.0), ("apart", 10.0)])
def test_a_return_lowers_revenue_only_when_returns_are_net_and_is_never_an_order(
    tmp_path: Path, returns: str, revenue: float
) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki"), order("aki", n=1, amount=-4.0)])

    (day,) = lake.refreshed(Recipe(zone="UTC", returns=returns))["customer_days"]

    assert (day["orders"], day["revenue"]) == (1, revenue)


def test_two_currencies_stay_two_rows_and_an_empty_one_is_the_usual_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki", currency=code, n=n) for n, code in enumerate(["JPY", "KRW", ""])])

    rows = lake.refreshed(NEW_YORK)["customer_days"]

    assert [(row["currency"], row["orders"], row["revenue"]) for row in rows] == [("JPY", 2, 20.0), ("KRW", 1, 10.0)]


def test_customers_nobody_has_an_order_of_have_a_code_and_no_day(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("customers", [{"customer_id": "chiyo"}, {"customer_id": "aki"}])
    lake.land("orders", [order("aki")])

    tables = lake.refreshed(NEW_YORK)

    assert [row["customer_id"] for row in tables["customer_codes"]] == ["aki", "chiyo"]
    assert [row["customer_id"] for row in tables["customer_totals"]] == ["aki"]


def test_no_facts_at_all_are_three_empty_tables(tmp_path: Path) -> None:
    assert Lake(tmp_path).refreshed(NEW_YORK) == {name: [] for name in DERIVED}


def test_asking_again_writes_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki")])
    lake.refreshed(NEW_YORK)
    (home,) = (tmp_path / "derived").iterdir()
    before = {path: path.stat().st_mtime_ns for path in home.iterdir()}

    lake.refreshed(NEW_YORK)

    assert {path: path.stat().st_mtime_ns for path in home.iterdir()} == before
    assert list((tmp_path / "derived").iterdir()) == [home]


def test_folders_an_hour_older_are_swept_and_younger_ones_left_to_their_readers(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki")])
    lake.refreshed(NEW_YORK)
    (old,) = (tmp_path / "derived").iterdir()
    cut_off = tmp_path / "derived" / ".building-cut-off"
    cut_off.mkdir()
    lake.land("orders", [order("min-jun")])
    lake.refreshed(NEW_YORK)
    young = next(path for path in (tmp_path / "derived").iterdir() if path not in (old, cut_off))
    for path in (old, cut_off):
        os.utime(path, (path.stat().st_mtime - 2 * derived._KEEP_SECONDS,) * 2)
    lake.land("orders", [order("chiyo")])

    assert len(lake.refreshed(NEW_YORK)["customer_codes"]) == 3
    left = set((tmp_path / "derived").iterdir())
    assert young in left and len(left) == 2
    assert not {old, cut_off} & left


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("orders", [order("aki")])
    engine = lake.engine()
    Path(lake.files["orders"][0]).unlink()

    with pytest.raises(Exception, match=r"orders-0\.parquet"):
        refresh(engine, tmp_path / "derived", lake.files, NEW_YORK)

    assert list((tmp_path / "derived").iterdir()) == []


def test_the_local_day_of_sql_is_the_local_day_of_the_zone_database() -> None:
    instants = [START + timedelta(minutes=30 * n) for n in range(0, 48 * 400, 7)]
    instants += [datetime(2024, month, 1, tzinfo=UTC) + timedelta(hours=n) for month in (4, 9) for n in range(24 * 28)]
    engine = DuckDB()
    engine.take("given", pa.table({"instant": pa.array(instants, pa.timestamp("us", tz="UTC"))}))

    for zone in ZONES:
        found = engine.query(f"select epoch(instant) as s, {local_day('instant', zone)} as day from given").to_pylist()
        wrong = [
            row
            for row in found
            if EPOCH + timedelta(days=row["day"]) != datetime.fromtimestamp(row["s"], ZoneInfo(zone)).date()
        ]
        assert len(found) == len(instants)
        assert not wrong, zone

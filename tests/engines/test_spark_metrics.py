"""Every registered metric gives the same rows on Spark as on DuckDB, whatever is added to the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlglot

from okaeri.base.errors import OkaeriError
from okaeri.engines.derived import DERIVED, SOURCES, Recipe, refresh
from okaeri.engines.duckdb import DuckDB
from okaeri.engines.engine import Engine
from okaeri.engines.facts import scan_facts
from okaeri.engines.identities import name_kept_ids
from okaeri.engines.spark import Spark
from okaeri.facts.contracts import TABLES
from okaeri.facts.shapes import shapes
from okaeri.facts.workspace import Workspace
from okaeri.metrics.catalogue import METRICS
from okaeri.metrics.measuring import Measurer
from okaeri.metrics.metric import Metric
from okaeri.metrics.rows import ROW_SPLITS
from okaeri.opening import measurer_over, open_facts
from tests.engines.random_facts import TODAY, write_facts

pytestmark = pytest.mark.cluster
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
CLOSE = 1e-9
EVERYTHING = """select c.customer_id as who, d.* exclude (customer)
from {table} d join customer_codes c on c.customer = d.customer"""
Asked = dict[str, Any]
Files = Mapping[str, list[str]]
Answers = Callable[[Metric, Asked], list[Any]]


class Remembering(Spark):
    """Asks the cluster once what the facts alone decide, although each measuring asks it again before its own query."""

    def __init__(self, section: Mapping[str, Any]) -> None:
        super().__init__(section)
        self._told: dict[str, pa.Table] = {}

    def scan(self, name: str, files: Sequence[str], *, schema: pa.Schema) -> None:
        self._told.clear()
        super().scan(name, files, schema=schema)

    def query(self, sql: str) -> pa.Table:
        if not _reads_facts_alone(sql):
            return super().query(sql)
        if sql not in self._told:
            self._told[sql] = super().query(sql)
        return self._told[sql]


@cache
def _reads_facts_alone(sql: str) -> bool:
    """Whether a query reads nothing but tables that stay as they are while questions are asked."""
    read = {table.name for table in sqlglot.parse_one(sql, read="duckdb").find_all(sqlglot.exp.Table)}
    return read <= {*TABLES, *DERIVED}


@dataclass(frozen=True, kw_only=True)
class Both:
    """The same facts in both engines, each with derived tables it built itself."""

    duckdb: Measurer
    spark: Measurer
    another_spark: Measurer


@pytest.fixture(scope="module")
def shop(spark_section: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A shop with several currencies and a row in every table, where nobody was merged."""
    has = tuple(table for table in TABLES if table != "identities")
    yield from _both(spark_section, tmp_path_factory.mktemp("shop"), currencies=["JPY", "KRW", ""], has=has)


@pytest.fixture(scope="module")
def small_shop(spark_section: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Orders in one currency, for which shorter queries are chosen, of customers some of whom were merged."""
    has = ("customers", "orders", "identities")
    yield from _both(spark_section, tmp_path_factory.mktemp("small"), currencies=["JPY"], has=has)


def _both(section: dict[str, str], folder: Path, *, currencies: list[str], has: tuple[str, ...]) -> Iterator[Both]:
    written = write_facts(folder, seed=len(has), currencies=currencies)
    files = {table: written[table] if table in has else [] for table in TABLES}
    workspace = Workspace.create(folder / "workspace", zone="America/New_York", currency="JPY")
    engines: dict[str, Callable[[], Engine]] = {
        "duckdb": lambda: DuckDB(threads=1),
        "spark": lambda: Remembering(section),
    }
    duckdb, spark, another = (
        _opened(engines[name], folder / name, files, workspace) for name in ("duckdb", "spark", "spark")
    )
    yield Both(duckdb=duckdb, spark=spark, another_spark=another)
    for side in (duckdb, spark, another):
        side.engine.close()


def _opened(start: Callable[[], Engine], folder: Path, files: Files, workspace: Workspace) -> Measurer:
    """The first file of each table is derived before the second one, so that the extending queries run, too.

    Customers who are merged are so before either.
    """
    recipe = Recipe(zone=workspace.settings.zone, currency=workspace.settings.currency)
    for part in (1, 2):
        engine = start()
        now = {table: files[table] if table == "identities" else files[table][:part] for table in TABLES}
        scan_facts(engine, TABLES["identities"], shapes(TABLES["identities"], now["identities"]))
        merged = name_kept_ids(engine)
        assert merged == bool(now["identities"])
        for table, paths in now.items():
            scan_facts(engine, TABLES[table], shapes(TABLES[table], paths), merged=merged)
        refresh(engine, folder, {table: now[table] for table in SOURCES}, recipe, merged=merged)
    return measurer_over(engine, workspace, has=[table for table in TABLES if files[table]], now=NOW)


@pytest.fixture(scope="module")
def on_spark(shop: Both, request: pytest.FixtureRequest) -> Iterator[Answers]:
    yield from _ahead(shop, _chosen(request, "on_spark"))


@pytest.fixture(scope="module")
def small_on_spark(small_shop: Both, request: pytest.FixtureRequest) -> Iterator[Answers]:
    yield from _ahead(small_shop, _chosen(request, "small_on_spark"))


def _chosen(request: pytest.FixtureRequest, fixture: str) -> list[tuple[Metric, Asked]]:
    """What the tests of this run will ask, in their order."""
    items = [item for item in request.session.items if fixture in getattr(item, "fixturenames", ())]
    params: list[dict[str, Any]] = [item.callspec.params for item in items if isinstance(item, pytest.Function)]
    return [(each["metric"], each.get("asked", {})) for each in params]


def _ahead(both: Both, questions: list[tuple[Metric, Asked]]) -> Iterator[Answers]:
    """Spark's answers, worked out in two sessions side by side: one leaves half of its cluster idle while it plans."""
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        coming: dict[str, Future[list[Any]]] = {}
        for metric, asked in questions:
            pool, side = (other, both.another_spark) if asked else (one, both.spark)
            coming[f"{metric.id} {asked}"] = pool.submit(_answer, side, metric, asked)
        yield lambda metric, asked: coming[f"{metric.id} {asked}"].result()
        for pool in (one, other):
            pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("table", DERIVED)
def test_spark_derives_the_rows_that_duckdb_derives(shop: Both, table: str) -> None:
    sql = EVERYTHING.format(table=table)
    ours, theirs = (side.engine.query(sql) for side in (shop.duckdb, shop.spark))

    assert _sorted(theirs.to_pylist()) == _sorted(ours.to_pylist())
    assert theirs.schema.types == ours.schema.types


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=str)


def _questions() -> list[tuple[Metric, Asked]]:
    """In time, by segment, and by a column of the rows' own; one way after the other, as a way shares its inputs."""
    plain: list[tuple[Metric, Asked]] = [(metric, {}) for metric in METRICS.values()]
    by_city: list[tuple[Metric, Asked]] = [(metric, {"segment": "city"}) for metric in METRICS.values()]
    own = [
        (metric, {"segment": split})
        for metric in METRICS.values()
        for name in metric.needs
        for split in ROW_SPLITS.get(name, ())[:1]
    ]
    return [*plain, *by_city, *own]


def _name(value: Metric | Asked) -> str:
    return value.id if isinstance(value, Metric) else " ".join(f"by {column}" for column in value.values()) or "in time"


@pytest.mark.parametrize(("metric", "asked"), _questions(), ids=_name)
def test_a_metric_gives_the_same_rows_on_both_engines(
    shop: Both, on_spark: Answers, metric: Metric, asked: Asked
) -> None:
    _assert_alike(_answer(shop.duckdb, metric, asked), on_spark(metric, asked), asked)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_a_shop_with_nothing_but_orders_gives_the_same_rows_on_both_engines(
    small_shop: Both, small_on_spark: Answers, metric: Metric
) -> None:
    _assert_alike(_answer(small_shop.duckdb, metric, {}), small_on_spark(metric, {}), {})


def _assert_alike(ours: list[Any], theirs: list[Any], asked: Asked) -> None:
    assert len(theirs) == len(ours)
    for one, other in zip(ours, theirs, strict=True):
        assert _alike(one, other), (asked, one, other)


def _answer(measurer: Measurer, metric: Metric, asked: Asked) -> list[Any]:
    """The rows, or the sentence that says why there are none: it must be the same as well."""
    try:
        return [measurement.as_row() for measurement in measurer.measure(metric.id, **asked).measurements]
    except OkaeriError as error:
        return [str(error)]


def _alike(one: Any, other: Any) -> bool:
    """Equal, fractions up to the order in which they were added; a whole number stays exact."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= CLOSE * max(abs(one), abs(other), 1e-3)
    return bool(one == other)


def test_the_comparison_sees_a_difference() -> None:
    assert not _alike({"n": [1, 2.0]}, {"n": [1, 2.0001]})
    assert not _alike({"n": 1}, {"n": 2})
    assert _alike({"n": 0.1 + 0.2}, {"n": 0.3})


def test_a_workspace_that_says_spark_is_measured_on_spark(spark_section: dict[str, str], tmp_path: Path) -> None:
    """Through the settings file, as a person would; Spark reads what DuckDB landed in the lake."""
    workspace = _imported(tmp_path / "shop")
    ours = open_facts(workspace, now=NOW)
    rows = [m.as_row() for m in ours.measure("repeat_rate").measurements]
    settings = (workspace.path / "okaeri.toml").read_text("utf-8").replace('engine = "duckdb"', 'engine = "spark"')
    section = "\n".join(f'"{name}" = "{value}"' for name, value in spark_section.items())
    (workspace.path / "okaeri.toml").write_text(f"{settings}\n[spark]\n{section}\n", "utf-8")

    theirs = open_facts(Workspace.open(workspace.path), now=NOW)

    assert isinstance(theirs.engine, Spark)
    assert [m.as_row() for m in theirs.measure("repeat_rate").measurements] == rows


def _imported(folder: Path) -> Workspace:
    from okaeri.facts.importing import import_file

    workspace = Workspace.create(folder, zone="Asia/Seoul", currency="KRW")
    file = folder / "orders.csv"
    lines = [f"{n},person {n % 7},2024-{1 + n % 9:02}-{1 + n % 28:02},{n}" for n in range(60)]
    file.write_text("\n".join(["order_id,customer_id,date,amount", *lines]), "utf-8")
    import_file(workspace, file, table="orders", now=NOW)
    return workspace

"""The library's front door: open a workspace, or measure a table, and ask.

Everything here hands over to the rooms behind it; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from okaeri.base.calendar import Calendar, Period
from okaeri.base.text import current_language, use_language
from okaeri.facts.workspace import Workspace
from okaeri.metrics.result import MetricResult

if TYPE_CHECKING:
    from okaeri.charts.figure import Figure
    from okaeri.facts.importing import ImportSummary
    from okaeri.metrics.measuring import Measurer

Clock = Callable[[], datetime]
T = TypeVar("T")
TABLES = ("orders", "subscriptions", "events", "customers")


class Asked(TypedDict, total=False):
    """What a question may say; `end` is not included, `periods` names custom or rolling periods instead of `by`."""

    by: str | None
    start: date | None
    end: date | None
    segment: str | None
    presence: str | None
    cutoff: date | None
    periods: tuple[Period, ...] | None


class AskedOfTables(Asked, total=False):
    """A question about tables one has: pandas, Polars or Arrow tables, or paths of Parquet files."""

    orders: Any
    subscriptions: Any
    events: Any
    customers: Any


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Result(MetricResult):
    """A metric's measurements that can draw and explain themselves and name the customers behind them.

    >>> import pyarrow as pa
    >>> orders = pa.table({"customer_id": ["aki"], "ordered_at": ["2024-01-05"], "amount": [40]})
    >>> result = measure("apv", orders=orders, by="all")
    >>> result.metric.id, result.rows[0]["value"]
    ('apv', 40.0)
    """

    ask: Callable[[Callable[[Measurer], Any]], Any]

    def figure(self) -> Figure:
        """The chart with its finding, definition, insight, alternative text and table."""
        from okaeri.charts import figure_of

        return figure_of(self)

    def chart(self, *, mode: str = "light", lang: str | None = None, width: int = 640) -> Any:
        """An Altair chart, which notebooks draw; `mode` is light or dark."""
        import altair as alt

        return alt.Chart.from_dict(self.figure().spec(mode=mode, lang=lang or current_language(), width=width))

    def explain(self, *, lang: str | None = None) -> str:
        """The definition, formula, source, presence rule and latest figure with its inputs, in plain words."""
        from okaeri.explaining import in_words

        with use_language(lang or current_language()):
            return in_words(self)

    def customers(self, *, period: Period | date | str | None = None, state: str = "lost") -> list[str]:
        """The ids of the customers counted as `state` in one period, the latest complete one by default.

        `period` may be a period, a day inside it, or its label such as "2024-03". Raises `OkaeriError` for a state
        or a period that does not exist.
        """
        from okaeri.metrics.members import members

        found: list[str] = self.ask(lambda measurer: members(measurer, self, period=period, state=state))
        return found

    def _repr_html_(self) -> str:
        from okaeri.reports.notebook import result_html

        return result_html(self, self.figure())


class Shop:
    """An open workspace to ask, import into and report from.

    >>> import tempfile
    >>> shop = create(Path(tempfile.mkdtemp()) / "shop")
    >>> _ = (shop.workspace.path / "orders.csv").write_text("order_id,customer_id,date,amount\\n1,aki,2024-01-05,40\\n")
    >>> shop.import_file(shop.workspace.path / "orders.csv", table="orders").new, shop.tables()
    (1, {'orders': 1})
    """

    def __init__(self, workspace: Workspace, *, clock: Clock = _utc_now, as_of: datetime | None = None) -> None:
        self.workspace = workspace
        self.as_of = as_of
        self._clock = clock
        self._session: tuple[object, Measurer] | None = None

    def measure(self, metric: str, **question: Unpack[Asked]) -> Result:
        """Measure any metric: `by`, `start`, `end` (not included), `segment`, `presence`, `cutoff`, `periods`.

        Raises `OkaeriError` for names that do not exist and when there is nothing to measure.
        """
        return _as_result(self.ask(lambda measurer: measurer.measure(metric, **question)), ask=self.ask)

    def retention(self, **question: Unpack[Asked]) -> Result:
        """Customer retention rate per period."""
        return self.measure("crr", **question)

    def churn(self, **question: Unpack[Asked]) -> Result:
        """Churn rate per period."""
        return self.measure("churn", **question)

    def cohorts(self, *, kind: str = "exact", **question: Unpack[Asked]) -> Result:
        """The cohort triangle: `kind` is exact, unbounded (on or after) or revenue."""
        return self.measure(
            {"exact": "cohort", "unbounded": "cohort_unbounded"}.get(kind, f"cohort_{kind}"), **question
        )

    def survival(self, **question: Unpack[Asked]) -> Result:
        """The Kaplan–Meier retention curve."""
        return self.measure("survival", **question)

    def repeat(self, **question: Unpack[Asked]) -> Result:
        """Repeat purchase rate per period."""
        return self.measure("repeat_rate", **question)

    def value(self, **question: Unpack[Asked]) -> Result:
        """Historical customer lifetime value."""
        return self.measure("clv_historical", **question)

    def import_file(self, path: Path | str, *, table: str, **options: Any) -> ImportSummary:
        """Bring a file's rows into the lake; the options are those of `okaeri.facts.importing.import_file`."""
        from okaeri.facts.importing import import_file

        return import_file(self.workspace, Path(path), table=table, now=self._clock(), **options)

    def report(self, out: Path | str, *, lang: str | None = None, segment: str | None = None) -> Path:
        """Write the report as one HTML file or as a PDF, by the ending of `out`."""
        from okaeri.reporting import write_report

        return write_report(self, Path(out), lang=lang or current_language(), now=self._clock(), segment=segment)

    def forget(self, customer_id: str) -> Any:
        """Erase one customer from every table and from what was derived; returns the receipt."""
        from okaeri.facts.lake import Lake
        from okaeri.facts.reading.quarantine import forget_in_quarantine

        forget_in_quarantine(self.workspace.path / "quarantine", customer_id)
        return Lake(self.workspace.lake_path).forget(customer_id, now=self._clock())

    def tables(self) -> dict[str, int]:
        """Rows per table of facts."""
        from okaeri.facts.lake import Lake

        lake = Lake(self.workspace.lake_path)
        return {table: lake.rows(table) for table in lake.tables()}

    def columns(self) -> tuple[str, ...]:
        """What customers can be split by."""
        from okaeri.metrics.segments import known_columns

        return self.ask(lambda measurer: known_columns(measurer.engine))

    def ask(self, question: Callable[[Measurer], T]) -> T:
        """Put a question to the facts as they are now, again when their files were replaced meanwhile."""
        from okaeri.opening import retrying

        return retrying(lambda: question(self.measurer()), again=self.forget_files)

    def measurer(self) -> Measurer:
        """The measurer over the facts as they are now; a new one when facts or settings changed."""
        from okaeri.opening import open_facts, state_of

        state = state_of(self.workspace, as_of=self.as_of)
        if self._session is None or self._session[0] != state:
            self.forget_files()
            now = min(self._clock(), self.as_of) if self.as_of else self._clock()
            self._session = (state, open_facts(self.workspace, now=now, as_of=self.as_of))
        return self._session[1]

    def forget_files(self) -> None:
        """Close the files that are open, so that the next question sees the facts anew."""
        if self._session:
            self._session[1].engine.close()
            self._session = None


def open(path: Path | str = "okaeri-workspace", *, clock: Clock = _utc_now, as_of: datetime | None = None) -> Shop:
    """Open a workspace, as it was at the instant `as_of` if given; raises `OkaeriError` when there is none.

    >>> import tempfile
    >>> made = create(Path(tempfile.mkdtemp()) / "shop", settings={"zone": "Asia/Tokyo"})
    >>> open(made.workspace.path).workspace.calendar.zone
    'Asia/Tokyo'
    """
    workspace = Workspace.open(path)
    return Shop(workspace, clock=clock, as_of=workspace.calendar.instant(as_of) if as_of else None)


def create(path: Path | str, *, settings: Mapping[str, Any] | None = None, clock: Clock = _utc_now) -> Shop:
    """Make a workspace; `settings` holds fields of `okaeri.facts.workspace.Settings`.

    >>> import tempfile
    >>> create(Path(tempfile.mkdtemp()) / "shop").tables()
    {}
    """
    return Shop(Workspace.create(path, **(settings or {})), clock=clock)


def measure(metric: str, *, calendar: Calendar = Calendar(), **asked: Unpack[AskedOfTables]) -> Result:  # noqa: B008
    """Measure a metric over tables you have, without a workspace; `calendar` says the zone and how weeks begin.

    Raises `OkaeriError` when a column is missing or a name does not exist.

    >>> import pyarrow as pa
    >>> days = ["2024-01-05", "2024-02-03", "2024-01-09"]
    >>> orders = pa.table({"customer_id": ["aki", "aki", "ben"], "ordered_at": days, "amount": [40, 38, 25]})
    >>> print(measure("repeat_rate", orders=orders, by="all").measurements[0])
    50.0%
    """
    from okaeri.frames import facts_of

    question: dict[str, Any] = dict(asked)
    tables = {name: question.pop(name) for name in TABLES if name in question}
    measurer = facts_of(tables, calendar=calendar, now=_utc_now())
    return _as_result(measurer.measure(metric, **question), ask=lambda question: question(measurer))


def _as_result(found: MetricResult, *, ask: Callable[[Callable[[Measurer], Any]], Any]) -> Result:
    return Result(ask=ask, **{field.name: getattr(found, field.name) for field in fields(found)})

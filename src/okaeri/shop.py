"""The library's front door: open a workspace, or measure a table, and ask.

Everything here hands over to the rooms behind it; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    from okaeri.customers.page import CustomerPage
    from okaeri.facts.importing import ImportSummary
    from okaeri.metrics.measuring import Measurer
    from okaeri.metrics.rivals.switchboard import Switchboard
    from okaeri.opening import FactsState
    from okaeri.predictions.clv.results import ValueForecast
    from okaeri.predictions.risk.listing import RiskList
    from okaeri.predictions.risk.record import Record
    from okaeri.predictions.segments import Segmentation
    from okaeri.predictions.uplift.trials import TrialUplift
    from okaeri.restatements import Restatement
    from okaeri.signals.now import SignalsNow
    from okaeri.targets import Scorecard

Clock = Callable[[], datetime]
T = TypeVar("T")


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
    tickets: Any
    answers: Any
    spend: Any
    memberships: Any
    points: Any
    rewards: Any


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

    def save(self, path: Path | str, *, lang: str | None = None) -> Path:
        """Write the figures as `.csv`, `.xlsx` or `.parquet`; raises `OkaeriError` for another ending."""
        from okaeri.exports import save

        with use_language(lang or current_language()):
            return save(self, Path(path))

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
        self._session: tuple[FactsState, Measurer] | None = None

    def measure(self, metric: str, **question: Unpack[Asked]) -> Result:
        """Measure any metric: `by`, `start`, `end` (not included), `segment`, `presence`, `cutoff`, `periods`.

        What is measured is kept in the restatement log, except as of an earlier moment. Raises `OkaeriError` for names
        that do not exist and when there is nothing to measure.
        """
        from okaeri.remembering import measured_then, remembered

        found = measured_then(self, metric, question) if self.as_of else remembered(self, metric, question)
        return _as_result(found, ask=self.ask)

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

    def switchboard(
        self,
        *,
        period: Period | date | str | None = None,
        by: str = "month",
        presence: str | None = None,
        cutoff: date | None = None,
    ) -> Switchboard:
        """One period's churn, retention and lifetime value as each product defines them, side by side.

        `period` is a period, a day in it or its label; the latest complete one for None.
        """
        from okaeri.metrics.rivals.switchboard import switchboard

        return self.ask(lambda measurer: switchboard(measurer, period=period, by=by, presence=presence, cutoff=cutoff))

    def import_file(self, path: Path | str, *, table: str, **options: Any) -> ImportSummary:
        """Bring a file's rows into the lake; the options are those of `okaeri.facts.importing.import_file`."""
        from okaeri.facts.importing import import_file

        return import_file(self.workspace, Path(path), table=table, now=self._clock(), **options)

    def report(self, out: Path | str, *, lang: str | None = None, segment: str | None = None) -> Path:
        """Write the report as one HTML file or as a PDF, by the ending of `out`."""
        from okaeri.reporting import write_report

        return write_report(self, Path(out), lang=lang or current_language(), now=self._clock(), segment=segment)

    def export(
        self,
        out: Path | str,
        *,
        metrics: Sequence[str] | None = None,
        lang: str | None = None,
        **question: Unpack[Asked],
    ) -> tuple[str, ...]:
        """Write one Excel workbook with a sheet per metric, of all that can be measured unless named; returns which."""
        from okaeri.exporting import write_export

        language = lang or current_language()
        return write_export(self, Path(out), metrics=metrics, question=question, lang=language, now=self._clock())

    def restatements(self, *, metric: str | None = None) -> tuple[Restatement, ...]:
        """The past figures that a later measuring told differently, oldest first, with what changed in between."""
        from okaeri.restatements import restatements

        return restatements(self.workspace.path, metric=metric)

    def check(self) -> Scorecard:
        """Every target with its verdict for the latest complete period, for the current one, and a forecast."""
        from okaeri.targets import read_targets, scorecard

        def then(metric: str, **question: Unpack[Asked]) -> MetricResult:
            return self.ask(lambda measurer: measurer.measure(metric, **question))

        return scorecard(read_targets(self.workspace), measure=self.measure, as_of_cutoff=then)

    def predict_churn(self, **asked: Any) -> RiskList:
        """Who may leave, ordered by value at risk; the options are those of `okaeri.foretelling.foretell_churn`."""
        from okaeri.foretelling import foretell_churn

        return foretell_churn(self, **asked)

    def predict_value(self, **asked: Any) -> ValueForecast:
        """What customers will bring; the options are those of `okaeri.foretelling.foretell_value`."""
        from okaeri.foretelling import foretell_value

        return foretell_value(self, **asked)

    def predict_uplift(self, **asked: Any) -> TrialUplift:
        """Whom a treatment moves; the options are those of `okaeri.predictions.uplift.from_facts`."""
        from okaeri.predictions.uplift import from_facts

        return self.ask(lambda measurer: from_facts(measurer, **asked))

    def signals(self, *, kinds: Sequence[str] | None = None, within_days: int = 30, limit: int = 100) -> SignalsNow:
        """What deserves attention now, with its evidence and the record of each kind."""
        from okaeri.foretelling import signals_of

        return signals_of(self, kinds=kinds, within_days=within_days, limit=limit)

    def segments(self, *, keep: bool = True) -> tuple[Segmentation, ...]:
        """Customers by what they bought, where they stand, and their ways; kept, figures can be split by them."""
        from okaeri.foretelling import segment_customers

        return segment_customers(self, keep=keep)

    def customer(self, words: str) -> CustomerPage:
        """One customer's page, by id or by an attribute such as a name: story, signals, risk and value."""
        from okaeri.foretelling import customer_page

        return customer_page(self, words)

    def how_good(self, *, horizon_days: int = 90) -> Record:
        """What came of the predictions that were kept."""
        from okaeri.foretelling import how_good

        return how_good(self, horizon_days=horizon_days)

    def forget(self, customer_id: str) -> Any:
        """Erase one customer, with every id of theirs, from all tables and what was derived; returns the receipt."""
        from okaeri.facts.lake import Lake
        from okaeri.facts.reading.quarantine import forget_in_quarantine
        from okaeri.keeping import forget_models
        from okaeri.restatements import follow_erasures
        from okaeri.signals.silences import forget_silences

        lake = Lake(self.workspace.lake_path)
        for each in lake.ids_of(customer_id):
            forget_in_quarantine(self.workspace.path / "quarantine", each)
            forget_silences(self.workspace, each)
        forget_models(self.workspace)
        receipt = lake.forget(customer_id, now=self._clock())
        follow_erasures(self.workspace)
        return receipt

    def tables(self) -> dict[str, int]:
        """Rows per table of facts."""
        from okaeri.facts.lake import Lake

        lake = Lake(self.workspace.lake_path)
        return {table: lake.rows(table) for table in lake.tables()}

    def columns(self) -> tuple[str, ...]:
        """What customers can be split by, without what is each one's own such as a name."""
        from okaeri.metrics.segments import columns_to_offer

        return self.ask(lambda measurer: columns_to_offer(measurer.engine))

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

    @property
    def versions(self) -> dict[str, int]:
        """The versions of the tables that the open measurer reads."""
        return dict(self._session[0].versions) if self._session else {}

    def now(self) -> datetime:
        """The clock's moment, in UTC."""
        return self._clock()

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
    from okaeri.facts.contracts import TABLES
    from okaeri.frames import facts_of

    question: dict[str, Any] = dict(asked)
    tables = {name: question.pop(name) for name in TABLES if name in question}
    measurer = facts_of(tables, calendar=calendar, now=_utc_now())
    return _as_result(measurer.measure(metric, **question), ask=lambda question: question(measurer))


def _as_result(found: MetricResult, *, ask: Callable[[Callable[[Measurer], Any]], Any]) -> Result:
    return Result(ask=ask, **{field.name: getattr(found, field.name) for field in fields(found)})

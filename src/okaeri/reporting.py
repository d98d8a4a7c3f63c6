"""Which questions a report asks of a workspace, and the answers put in order for a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.base.calendar import Grain
from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import State
from okaeri.base.text import _, use_language
from okaeri.charts import figure_of
from okaeri.engines.derived import local_day
from okaeri.facts.contracts import TABLES, ColumnType
from okaeri.facts.importing import receipts
from okaeri.facts.reading.reasons import reason_of
from okaeri.metrics.metric import METRICS
from okaeri.metrics.timetable import EPOCH
from okaeri.reports.contents import FigureBlock, Headline, ImportFacts, LeftOut, Report, TableFacts
from okaeri.reports.headlines import headline
from okaeri.reports.sections import arrange

if TYPE_CHECKING:
    from okaeri.shop import Result, Shop

_WEEKS, _MONTHS = 53, 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One question of a report; `recent` keeps it to the last year, `drawn` gives it a chart."""

    metric: str
    by: str = "month"
    drawn: bool = True
    recent: bool = False
    headline: bool = False
    segmented: bool = False


ASKS = (
    Ask(metric="crr", headline=True),
    Ask(metric="crr", by="week", recent=True),
    Ask(metric="crr", by="quarter"),
    Ask(metric="crr", by="year"),
    Ask(metric="crr", by="year", segmented=True),
    Ask(metric="churn"),
    Ask(metric="churn", drawn=False),
    Ask(metric="churn_total_base", drawn=False),
    Ask(metric="churn_could_have", drawn=False),
    Ask(metric="churn_same_window", drawn=False),
    Ask(metric="churn_to_acquisition", drawn=False),
    Ask(metric="cohort", recent=True),
    Ask(metric="cohort", by="quarter"),
    Ask(metric="cohort_unbounded", by="quarter"),
    Ask(metric="cohort_revenue", by="quarter"),
    Ask(metric="survival"),
    Ask(metric="survival", segmented=True),
    Ask(metric="repeat_rate", by="quarter", headline=True),
    Ask(metric="repeat_to_one_time", by="all", drawn=False),
    Ask(metric="time_to_second"),
    Ask(metric="apv", headline=True),
    Ask(metric="apf", by="quarter"),
    Ask(metric="customer_value", by="quarter"),
    Ask(metric="lifespan", by="year"),
    Ask(metric="clv_historical", by="year", headline=True),
    Ask(metric="clv_historical", by="year", segmented=True),
)


def write_report(shop: Shop, out: Path, *, lang: str, now: datetime, segment: str | None = None) -> Path:
    """Write the report in `lang`: HTML, or a PDF when `out` ends in .pdf.

    Raises `OkaeriError` for another ending, or when there is nothing to report.
    """
    if out.suffix.lower() not in (".html", ".htm", ".pdf"):
        raise OkaeriError(
            _("A report cannot be written as {name}.").format(name=out.name), advice=_("End the name in .html or .pdf.")
        )
    with use_language(lang):
        report = contents(shop, lang=lang, now=now, segment=segment)
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix.lower() == ".pdf":
            from okaeri.reports.pdf import report_pdf

            out.write_bytes(report_pdf(report))
        else:
            from okaeri.reports.page import report_html

            out.write_text(report_html(report), "utf-8")
    return out


def contents(shop: Shop, *, lang: str, now: datetime, segment: str | None = None) -> Report:
    """Ask every question of the report and put the answers in order; raises `OkaeriError` without facts."""
    blocks: list[FigureBlock] = []
    headlines: list[Headline] = []
    for ask, result in _answers(shop, segment):
        top = headline(result) if ask.headline else None
        if top:
            headlines.append(top)
        if _says_something(result):
            blocks.append(FigureBlock(result=result, figure=figure_of(result) if ask.drawn else None))
    first = blocks[0].result if blocks else shop.measure("crr")
    return Report(
        workspace_name=shop.workspace.settings.name,
        made_at=now,
        cutoff=first.cutoff,
        zone=first.zone,
        lang=lang,
        presence=first.presence.sentence,
        headline=tuple(headlines),
        sections=arrange(blocks),
        facts=tuple(_table_facts(shop)),
        imports=tuple(_imports(shop)),
    )


def _answers(shop: Shop, segment: str | None) -> Iterator[tuple[Ask, Result]]:
    whole = shop.measure("crr", by="all")
    has_orders = "orders" in shop.ask(lambda measurer: measurer.facts.has)
    for ask in ASKS:
        metric = METRICS[ask.metric]
        if metric.contractual_only and not whole.presence.rule.contractual:
            continue
        if "customer_days" in metric.needs and not has_orders:
            continue
        if ask.segmented and segment is None:
            continue
        start = _recent_start(ask, whole)
        yield ask, shop.measure(ask.metric, by=ask.by, start=start, segment=segment if ask.segmented else None)


def _recent_start(ask: Ask, whole: Result) -> date | None:
    first = whole.measurements[0].period
    if not ask.recent or first is None:
        return None
    days = 7 * _WEEKS if ask.by == Grain.WEEK else 31 * _MONTHS
    return max(first.start, whole.cutoff - timedelta(days=days))


def _says_something(result: Result) -> bool:
    return any(m.state is State.COMPLETE and m.value is not None for m in result.measurements)


def _table_facts(shop: Shop) -> Iterator[TableFacts]:
    zone = shop.workspace.settings.zone
    for table, rows in shop.tables().items():
        contract = TABLES[table]
        first = last = None
        column = next((c for c in contract.columns if c.name == contract.time), None)
        if column and rows:
            day = f"date_diff('day', date '1970-01-01', {column.name})"
            if column.type is ColumnType.INSTANT:
                day = local_day(column.name, zone)
            first, last = _ends(shop, f"select min({day}) as first, max({day}) as last from {table}")
        yield TableFacts(table=table, rows=rows, first=first, last=last)


def _ends(shop: Shop, sql: str) -> Iterator[date | None]:
    found = shop.ask(lambda measurer: measurer.engine.query(sql)).to_pylist()[0]
    return (None if day is None else EPOCH + timedelta(days=day) for day in (found["first"], found["last"]))


def _imports(shop: Shop) -> Iterator[ImportFacts]:
    for receipt in receipts(shop.workspace):
        yield ImportFacts(
            file=receipt["file"],
            table=receipt["table"],
            **{name: receipt[name] for name in ("read", "new", "replaced", "unchanged", "quarantined")},
            left_out=tuple(
                LeftOut(reason=reason_of(each["code"], each["column"]), rows=each["count"])
                for each in receipt["left_out"]
            ),
        )

"""Which questions a report asks of a workspace, and the answers put in order for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

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
from okaeri.metrics.result import MetricResult
from okaeri.metrics.rivals.switchboard import Switchboard, switchboard
from okaeri.metrics.timetable import EPOCH
from okaeri.outlook import outlook_of
from okaeri.questions import ASKS, Ask
from okaeri.remembering import written_down
from okaeri.reports.contents import FigureBlock, ImportFacts, LeftOut, Report, RestatedFigure, Section, TableFacts
from okaeri.reports.headlines import headline
from okaeri.reports.outlook import Outlook, look_ahead
from okaeri.reports.sections import PARTS, RIVALS, arrange
from okaeri.reports.summary import findings
from okaeri.restatements import reasons

if TYPE_CHECKING:
    from okaeri.facts.contracts import Column
    from okaeri.metrics.measuring import Measurer
    from okaeri.shop import Asked, Shop

_WEEKS, _MONTHS = 53, 13
_Answer: TypeAlias = "tuple[Ask, MetricResult, Asked]"


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


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Everything a report is made from, asked once, of no language: it can be put into words again and again."""

    figures: tuple[tuple[Ask, MetricResult], ...]
    facts: tuple[TableFacts, ...]
    board: Switchboard | None
    outlook: Outlook
    versions: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class PartAnswers:
    """What one part of a report is made from, of no language; `refused` are metrics that could not be asked so."""

    part: str
    figures: tuple[tuple[Ask, MetricResult], ...]
    refused: tuple[tuple[str, OkaeriError], ...]


def contents(shop: Shop, *, lang: str, now: datetime, segment: str | None = None) -> Report:
    """Ask every question of the report and put the answers in order; raises `OkaeriError` without facts."""
    return contents_of(shop, ask_report(shop, segment=segment), lang=lang, now=now)


def ask_report(shop: Shop, *, segment: str | None = None) -> Answers:
    """Every answer of the report, from one state of the facts; raises `OkaeriError` without facts."""
    found, facts, board, outlook, versions = shop.ask(lambda measurer: _asked(measurer, shop, segment))
    figures = tuple((ask, written_down(shop, result, asked=asked, versions=versions)) for ask, result, asked in found)
    return Answers(figures=figures, facts=tuple(facts), board=board, outlook=outlook, versions=versions)


def contents_of(shop: Shop, answers: Answers, *, lang: str, now: datetime) -> Report:
    """The answers put in order, in words of the current language, which `lang` names."""
    blocks = [
        FigureBlock(result=result, figure=figure_of(result) if ask.drawn else None)
        for ask, result in answers.figures
        if _says_something(result)
    ]
    tops = [headline(result) for ask, result in answers.figures if ask.headline]
    first = answers.figures[0][1]
    return Report(
        workspace_name=shop.workspace.settings.name,
        made_at=now,
        cutoff=first.cutoff,
        zone=first.zone,
        lang=lang,
        presence=first.presence.sentence,
        headline=tuple(top for top in tops if top),
        sections=(*arrange(blocks, switchboard=answers.board), *look_ahead(answers.outlook)),
        findings=findings(result for ask, result in answers.figures if ask.watched),
        facts=answers.facts,
        imports=tuple(_imports(shop)),
        restated=tuple(_restated(shop)),
    )


def _asked(
    measurer: Measurer, shop: Shop, segment: str | None
) -> tuple[list[_Answer], list[TableFacts], Switchboard | None, Outlook, dict[str, int]]:
    answers = list(_answers(measurer, segment))
    return answers, list(_table_facts(measurer)), _board(measurer), outlook_of(shop, measurer), shop.versions


def _board(measurer: Measurer) -> Switchboard | None:
    """The rival definitions on the latest complete month, on contracts if there are some; None before there is one."""
    presence = "subscriptions" if "subscriptions" in measurer.facts.has else None
    try:
        return switchboard(measurer, presence=presence) if presence or measurer.can("churn") else None
    except OkaeriError:
        return None


def _answers(measurer: Measurer, segment: str | None) -> Iterator[_Answer]:
    """Every answer from one measurer: the whole report speaks of one state of the facts, opened once."""
    measurer.measure(next((ask.metric for ask in ASKS if measurer.can(ask.metric)), ASKS[0].metric), by="all")
    for ask in ASKS:
        if not measurer.can(ask.metric) or (ask.segmented and segment is None):
            continue
        column = segment if ask.segmented else ask.split
        asked: Asked = {"by": ask.by, "start": _recent_start(ask, measurer), "segment": column}
        yield ask, measurer.measure(ask.metric, **asked), asked


def _recent_start(ask: Ask, measurer: Measurer) -> date | None:
    if not ask.recent:
        return None
    days = 7 * _WEEKS if ask.by == Grain.WEEK else 31 * _MONTHS
    first, until = measurer.observed(ask.metric)
    return max(first, until - timedelta(days=days))


def _restated(shop: Shop) -> Iterator[RestatedFigure]:
    """The latest restatement of each past figure, of those known at the moment the shop is opened at."""
    known = [each for each in shop.restatements() if shop.as_of is None or each.restated_at <= shop.as_of]
    for each in {(each.metric, each.by, each.segment_column, each.place): each for each in known}.values():
        yield RestatedFigure(
            name=METRICS[each.metric].label if each.metric in METRICS else each.metric,
            segment=each.place.segment if each.segment_column else "",
            period=each.period,
            was=each.shown(each.old),
            now=each.shown(each.new),
            told_at=each.restated_at,
            why=reasons(each)[0],
        )


def ask_part(shop: Shop, part: str, *, by: str = "", segment: str | None = None) -> PartAnswers:
    """The questions of one part of the report, each once: all by one length of a period, split by one column.

    Without `by`, and where a figure is told of all time at once or by a column of its own, it keeps its usual question.
    """
    found, refused, versions = shop.ask(lambda measurer: (*_part_asked(measurer, part, by, segment), shop.versions))
    figures = tuple((ask, written_down(shop, result, asked=asked, versions=versions)) for ask, result, asked in found)
    return PartAnswers(part=part, figures=figures, refused=tuple(refused))


def part_section(answers: PartAnswers) -> Section | None:
    """The answers put in order, in words of the current language; None where none of them says anything."""
    blocks = [
        FigureBlock(result=result, figure=figure_of(result) if ask.drawn else None)
        for ask, result in answers.figures
        if _says_something(result)
    ]
    return next((section for section in arrange(blocks) if section.id == answers.part), None)


def questions_of_part(part: str) -> tuple[Ask, ...]:
    """The first question about each metric that a part tells about.

    >>> [ask.metric for ask in questions_of_part("survival")]
    ['survival']
    """
    metrics = next((each.metrics for each in PARTS if each.id == part and part != RIVALS), ())
    asks = {ask.metric: ask for ask in reversed(ASKS) if not ask.segmented}
    return tuple(asks[metric] for metric in metrics if metric in asks)


def _part_asked(
    measurer: Measurer, part: str, by: str, segment: str | None
) -> tuple[list[_Answer], list[tuple[str, OkaeriError]]]:
    found: list[_Answer] = []
    refused: list[tuple[str, OkaeriError]] = []
    for usual in questions_of_part(part):
        if not measurer.can(usual.metric):
            continue
        is_whole = usual.by == Grain.ALL or usual.split
        grain = usual.by if is_whole or not by else by
        ask = replace(usual, by=grain, recent=grain == Grain.WEEK or (usual.recent and not by))
        asked: Asked = {"by": grain, "start": _recent_start(ask, measurer), "segment": usual.split or segment}
        try:
            found.append((ask, measurer.measure(ask.metric, **asked), asked))
        except OkaeriError as error:
            refused.append((ask.metric, error))
    return found, refused


def _says_something(result: MetricResult) -> bool:
    return any(m.state is State.COMPLETE and m.value is not None for m in result.measurements)


def _table_facts(measurer: Measurer) -> Iterator[TableFacts]:
    for table, contract in TABLES.items():
        times = ", ".join(_day(contract.column(name), measurer) for name in contract.times)
        days = (f"min(least({times}))", f"max(greatest({times}))") if times else ("null", "null")
        sql = f"select count(*) as n, {days[0]} as first, {days[1]} as last from {table}"
        found = measurer.engine.query(sql).to_pylist()[0]
        if found["n"]:
            yield TableFacts(table=table, rows=found["n"], first=_date(found["first"]), last=_date(found["last"]))


def _day(column: Column, measurer: Measurer) -> str:
    """SQL for the local day of a table's time, counted from the epoch."""
    if column.type is ColumnType.INSTANT:
        return local_day(column.name, measurer.facts.calendar.zone)
    return f"date_diff('day', date '1970-01-01', {column.name})"


def _date(number: int | None) -> date | None:
    return None if number is None else EPOCH + timedelta(days=number)


def _imports(shop: Shop) -> Iterator[ImportFacts]:
    for receipt in receipts(shop.workspace):
        yield ImportFacts(
            file=receipt["file"],
            table=receipt["table"],
            **{name: receipt[name] for name in ("read", "new", "replaced", "unchanged", "quarantined")},
            left_out=tuple(
                LeftOut(reason=reason_of(each["code"], each["column"], seen=each.get("seen", "")), rows=each["count"])
                for each in receipt["left_out"]
            ),
        )

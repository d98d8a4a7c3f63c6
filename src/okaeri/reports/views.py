"""A report as words: everything computed and translated once, for the page and the PDF alike."""

from __future__ import annotations

from dataclasses import dataclass

from okaeri.base.differences import Difference, difference
from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _, current_language
from okaeri.base.units import Unit, show
from okaeri.charts.figure import Figure, Table
from okaeri.charts.tables import over_time_table
from okaeri.charts.words import Shown
from okaeri.metrics.result import MetricResult
from okaeri.reports.contents import FigureBlock, Headline, Report, Section
from okaeri.reports.first_page import SummaryView, summary_view
from okaeri.reports.glass import GlassBox, exemplar, glass_box, show_cutoff, show_date, show_interval
from okaeri.reports.glossary import glossary
from okaeri.reports.restated import restated_table
from okaeri.reports.sparks import Spark, spark
from okaeri.reports.tables import TableView, filled


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeView:
    """A change as words and how to show it: `tone` is good, bad or neutral, `way` up, down or level."""

    words: str
    against: str
    tone: str
    way: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CardView:
    """One result or picture as words; `figure` is drawn by whoever shows the card; a picture has no glass box."""

    id: str
    title: str
    subtitle: str
    insight: str
    table: TableView | None
    figure: Figure | None
    label: str = ""
    about: str = ""
    value: str = ""
    range: str = ""
    glass: GlassBox | None = None
    spark: Spark | None = None
    change: ChangeView | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartView:
    """One section as words: tables above its cards, `remarks` under the tables."""

    id: str
    title: str
    introduction: str
    cards: tuple[CardView, ...]
    tables: tuple[TableView, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportView:
    """A whole report as words in one language."""

    lang: str
    title: str
    workspace: str
    covered: str
    made: str
    presence: str
    headline: tuple[CardView, ...]
    summary: SummaryView | None
    parts: tuple[PartView, ...]
    tables: TableView | None
    imports: TableView | None
    left_out: TableView | None
    restated: TableView | None
    notes: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]


def report_view(report: Report) -> ReportView:
    """Put a report into words of the current language."""
    from zoneinfo import ZoneInfo

    made = report.made_at.astimezone(ZoneInfo(report.zone))
    covered = _("Data until {day}, in the time of {zone}.").format(day=show_cutoff(report.cutoff), zone=report.zone)
    metrics = {block.result.metric.id: block.result.metric for section in report.sections for block in section.blocks}
    return ReportView(
        lang=current_language(),
        title=str(_("Which customers come back")),
        workspace=report.workspace_name,
        covered=str(covered),
        made=str(_("Made on {day}").format(day=show_date(made.date()))),
        presence=str(report.presence),
        headline=tuple(headline_card(item, id=f"key-{number + 1}") for number, item in enumerate(report.headline)),
        summary=summary_view(report.findings),
        parts=tuple(part_view(section) for section in report.sections),
        tables=_tables(report),
        imports=_imports(report),
        left_out=_left_out(report),
        restated=restated_table(report.restated, zone=report.zone),
        notes=tuple(str(note) for imported in report.imports for note in imported.notes),
        terms=glossary(metrics.values(), parts={section.id for section in report.sections}),
    )


def result_card(block: FigureBlock, *, id: str = "result") -> CardView:
    """Put one result into words of the current language."""
    return _card(block, id=id, chosen=exemplar(block.result))


def headline_card(item: Headline, *, id: str) -> CardView:
    """Put one key figure into words of the current language: its value, recent past and change."""
    block = FigureBlock(result=item.result)
    card = _card(block, id=id, chosen=item.measurement)
    return _with(card, spark=spark(item.recent), change=_change(item), table=None)


def _with(card: CardView, **changes: object) -> CardView:
    from dataclasses import replace

    return replace(card, **changes)  # type: ignore[arg-type]  # the fields are those of CardView


def part_view(section: Section) -> PartView:
    """Put one part of a report into words of the current language."""
    blocks = tuple(result_card(block, id=f"{section.id}-{n + 1}") for n, block in enumerate(section.blocks))
    pictures = tuple(_picture(figure, id=f"{section.id}-p{n + 1}") for n, figure in enumerate(section.pictures))
    return PartView(
        id=section.id,
        title=str(section.title),
        introduction=str(section.introduction),
        cards=(*blocks, *pictures),
        tables=section.tables,
        remarks=section.remarks,
    )


def _picture(figure: Figure, *, id: str) -> CardView:
    """A picture of something that is no metric: its subtitle says what it shows."""
    return CardView(
        id=id,
        title=str(figure.title),
        subtitle=str(figure.subtitle),
        insight=str(figure.insight),
        table=_table(figure.subtitle, figure.table),
        figure=figure,
    )


def _card(block: FigureBlock, *, id: str, chosen: Measurement | None) -> CardView:
    result, figure = block.result, block.figure
    glass = glass_box(result, measurement=chosen, customers=block.customers)
    bounds = show_interval(chosen) if chosen else None
    n = show(chosen.n, Unit.COUNT) if chosen and chosen.n is not None else None
    return CardView(
        id=id,
        label=str(result.metric.label),
        title=str(figure.title) if figure else str(result.metric.label),
        subtitle=str(figure.subtitle) if figure else str(result.metric.definition),
        about=glass.about,
        value=str(chosen) if chosen else "–",
        range=" · ".join(part for part in (bounds, f"n\u00a0=\u00a0{n}" if n else None) if part),
        insight=str(figure.insight) if figure else _why_empty(chosen),
        glass=glass,
        table=_table(figure.subtitle, figure.table) if figure else _result_table(result),
        figure=figure,
        spark=None if figure else spark(_complete_values(result, chosen)),
    )


def _result_table(result: MetricResult) -> TableView | None:
    return _table(result.metric.definition, over_time_table(result)) if len(result.measurements) > 1 else None


def _why_empty(chosen: Measurement | None) -> str:
    if chosen is None:
        return str(_("There is nothing to measure yet."))
    return str(chosen.reason) if chosen.reason else ""


def _complete_values(result: MetricResult, chosen: Measurement | None) -> tuple[float, ...]:
    if chosen is None or chosen.period is None:
        return ()
    same = [m for m in result.measurements if m.segment == chosen.segment and m.currency == chosen.currency]
    return tuple(m.value for m in same if m.state is State.COMPLETE and m.value is not None and m.period)


def _table(caption: Text, table: Table) -> TableView:
    rows = tuple(tuple(row) for row in table.texts(current_language()))
    return TableView(caption=str(caption), head=tuple(str(column) for column in table.columns), rows=rows)


def _change(item: Headline) -> ChangeView | None:
    found = difference(item.measurement, earlier=item.earlier) if item.earlier else None
    if found is None or item.earlier is None or item.earlier.period is None:
        return None
    since = str(_("since {period}").format(period=item.earlier.period.label))
    unsure = _("no interval") if found.distinguishable is None else _("could be chance")
    return ChangeView(
        words=str(Shown(found.value, item.measurement.unit, item.measurement.currency, signed=True)),
        against=since if found.distinguishable else f"{since} · {unsure}",
        tone=_tone(found, item.result.metric.better),
        way="level" if not found.distinguishable else "up" if found.value > 0 else "down",
    )


def _tone(found: Difference, better: str | None) -> str:
    if not found.distinguishable or better is None:
        return "neutral"
    return "good" if (found.value > 0) == (better == "higher") else "bad"


def _tables(report: Report) -> TableView | None:
    rows = tuple(
        (fact.table, show(fact.rows, Unit.COUNT), *(show_date(day) if day else "–" for day in (fact.first, fact.last)))
        for fact in report.facts
    )
    head = (_("Table"), _("Rows"), _("First day"), _("Last day"))
    return filled(_("What this report was counted from"), head, rows)


def _imports(report: Report) -> TableView | None:
    rows = tuple(
        (i.file, i.table, *(show(n, Unit.COUNT) for n in (i.read, i.new, i.replaced, i.unchanged, i.quarantined)))
        for i in report.imports
    )
    head = (_("File"), _("Table"), _("Read"), _("New"), _("Replaced"), _("Unchanged"), _("In quarantine"))
    return filled(_("What became of every row that was read"), head, rows)


def _left_out(report: Report) -> TableView | None:
    rows = tuple(
        (imported.file, str(left.reason), show(left.rows, Unit.COUNT))
        for imported in report.imports
        for left in imported.left_out
    )
    return filled(
        _("Rows that are not in any figure, and why"), (_("File"), _("Reason"), _("Rows")), rows, prose=frozenset({1})
    )

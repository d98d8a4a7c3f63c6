"""The report on paper: the same words as the page, set by typst with its fonts embedded."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from okaeri.base.text import _, use_language
from okaeri.charts.fonts import CJK, LATIN, font_files
from okaeri.reports.appendix import definitions, tables
from okaeri.reports.contents import Report
from okaeri.reports.drawings import MIDDLE, WIDE, is_grown, printed
from okaeri.reports.page import paired_cards, template_text
from okaeri.reports.tables import TableView
from okaeri.reports.views import CardView, ReportView, report_view

DENSE = 80  # percent of the page: two triangles of cohorts fit under each other


def report_pdf(report: Report) -> bytes:
    """The whole report as a PDF in `report.lang`: A4, tagged for readers (PDF/UA-1), every font inside.

    Raises `OkaeriError` when the fonts for pictures are not installed.
    """
    with use_language(report.lang), TemporaryDirectory(prefix="okaeri-report-") as name:
        folder = Path(name)
        view = report_view(report)
        contents = _contents(view, report.made_at.astimezone(ZoneInfo(report.zone)))
        _lay_out(folder, view, contents)
        return _set(folder, lang=view.lang, made_at=report.made_at)


def _lay_out(folder: Path, view: ReportView, contents: dict[str, Any]) -> None:
    paired = paired_cards(view.parts, lead=False)
    for card in _cards(view):
        if card.figure:
            drawing = printed(card.figure, width=MIDDLE if card.id in paired else WIDE)
            (folder / _picture(card)).write_text(drawing, "utf-8")
    (folder / "mark.svg").write_text(template_text("mark.svg"), "utf-8")
    (folder / "report.json").write_text(json.dumps(contents, ensure_ascii=False), "utf-8")
    (folder / "report.typ").write_text(template_text("report.typ"), "utf-8")


def _set(folder: Path, *, lang: str, made_at: datetime) -> bytes:
    import typst  # heavy: only when a PDF is made

    fonts = sorted({str(path.parent) for path in font_files(lang)})
    compiler = typst.Compiler(str(folder / "report.typ"), root=str(folder), font_paths=fonts, ignore_system_fonts=True)
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(made_at.timestamp()))
    assert isinstance(made, bytes)
    return made


def _contents(view: ReportView, made: datetime) -> dict[str, Any]:
    return {
        **{
            name: getattr(view, name) for name in ("lang", "title", "workspace", "covered", "made", "presence", "notes")
        },
        "date": [made.year, made.month, made.day],
        "fonts": [LATIN, CJK],
        "words": _words(),
        "summary": asdict(view.summary) if view.summary else None,
        "headline": [_card(card, paired=True) for card in view.headline],
        "parts": [_part(view, at) for at in range(len(view.parts))],
        "tables": _table(view.tables),
        "imports": _table(view.imports),
        "left_out": _table(view.left_out),
        "restated": _table(view.restated),
        "terms": _terms(view),
        "definitions": definitions(_cards(view)),
        "figures": [_table(table) for table in tables(_cards(view))],
    }


def _terms(view: ReportView) -> list[tuple[str, str]]:
    """The words of the field only: each metric's definition follows under how it was counted."""
    labels = {card.label for card in _cards(view)}
    return [(word, meaning) for word, meaning in view.terms if word not in labels]


def _words() -> dict[str, str]:
    words = {
        "who": _("Who counts as a customer"),
        "summary": _("What changed, is it real, what to do"),
        "contents": _("Contents"),
        "key": _("Key figures"),
        "left_out": _("What was left out"),
        "nothing_left_out": _("No row was left out."),
        "glossary": _("Glossary"),
        "appendix": _("How each figure was counted"),
        "formula": _("Formula"),
        "sql": _("The SQL that ran is in the HTML report, under each figure; `okaeri measure METRIC --sql` prints it."),
        "table": _("The figures"),
    }
    return {name: str(word) for name, word in words.items()}


def _cards(view: ReportView) -> list[CardView]:
    return [card for part in view.parts for card in part.cards]


def _part(view: ReportView, at: int) -> dict[str, Any]:
    part = view.parts[at]
    words = {
        "title": part.title,
        "introduction": part.introduction,
        "remarks": list(part.remarks),
        "tables": [_table(table) for table in part.tables],
    }
    paired = paired_cards(view.parts, lead=False)
    return {**words, "cards": [_card(card, paired=card.id in paired) for card in part.cards]}


def _card(card: CardView, *, paired: bool) -> dict[str, Any]:
    names = ("label", "title", "subtitle", "about", "value", "range", "insight")
    return {
        **{name: getattr(card, name) for name in names},
        "paired": paired,
        "width": DENSE if card.figure and is_grown(card.figure) else 100,
        "picture": _picture(card) if card.figure else None,
        "alt": str(card.figure.alt) if card.figure else "",
        "change": [card.change.words, card.change.against] if card.change else None,
        "tone": card.change.tone if card.change else None,
    }


def _table(table: TableView | None) -> dict[str, Any] | None:
    if table is None:
        return None
    return {
        "caption": table.caption,
        "head": list(table.head),
        "rows": table.rows,
        "prose": sorted(table.prose),
        "stacked": table.stacked,
    }


def _picture(card: CardView) -> str:
    return f"{card.id}.svg"
